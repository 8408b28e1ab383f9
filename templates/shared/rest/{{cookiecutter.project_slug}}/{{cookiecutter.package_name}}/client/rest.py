"""A small client for the REST API."""

import base64
import contextlib
import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import requests
from numpy.typing import ArrayLike, NDArray
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

DEFAULT_URL = "http://127.0.0.1:8501"


class ServiceError(Exception):
    """The service refused a request or did not answer; the message says why."""


class State(NamedTuple):
    """The state of a version, and the error that keeps it from being served."""

    name: str
    reason: str = ""


AVAILABLE = State("AVAILABLE")


class Client:
    """Speaks to one model of one server, over one kept-alive connection."""

    def __init__(self, url: str, model: str, timeout: float = 10.0) -> None:
        """Remember the server's base URL, the model's name, and the seconds to wait."""
        self.model_url = f"{url.rstrip('/')}/v1/models/{model}"
        self.timeout = timeout
        self.session = requests.Session()
        # A busy server answers 503: the request can be retried a little later.
        retry = Retry(
            total=3,
            connect=0,
            read=0,
            backoff_factor=0.2,
            retry_after_max=int(timeout),
            status_forcelist=[503],
            allowed_methods=None,
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=retry))

    def predict(
        self, inputs: Mapping[str, ArrayLike], signature_name: str = "serving_default"
    ) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, for inputs by name; the first axis is the batch.

        Raises ServiceError with the server's own words where it refuses.
        """
        body = {"signature_name": signature_name, "inputs": dict(inputs)}
        text = json.dumps(body, default=_to_json)
        answer = self._call("POST", f"{self.model_url}:predict", text)
        with self._understanding():
            outputs = answer["outputs"]
            if not isinstance(outputs, dict):
                outputs = {self._only_output(signature_name): outputs}
            return {name: np.asarray(value) for name, value in outputs.items()}

    def metadata(self) -> dict[str, Any]:
        """Return the server's metadata of the model's signatures."""
        return self._call("GET", f"{self.model_url}/metadata")

    def wait_until_available(
        self, server: subprocess.Popen[bytes] | None = None, seconds: float = 60.0
    ) -> None:
        """Return once the model is served.

        Raises ServiceError when time is up, or the server's process has ended.
        """
        deadline = time.monotonic() + seconds
        while not self.is_available():
            if server and server.poll() is not None:
                raise ServiceError("The server has ended: its log has the reason.")
            if time.monotonic() > deadline:
                raise ServiceError(f"{self.model_url} is not served: start the server.")
            time.sleep(0.1)

    def is_available(self) -> bool:
        """Return whether a version of the model is served."""
        try:
            return AVAILABLE in self.states().values()
        except ServiceError:
            return False

    def states(self) -> dict[int, State]:
        """Return the state of each version of the model that the server knows."""
        answer = self._call("GET", self.model_url)
        with self._understanding():
            return {
                int(one["version"]): State(one["state"], one["status"]["error_message"])
                for one in answer["model_version_status"]
            }

    @contextlib.contextmanager
    def _understanding(self) -> Iterator[None]:
        """Raise ServiceError where an answer is another API's."""
        try:
            yield
        except (KeyError, TypeError, ValueError) as error:
            raise ServiceError(f"{self.model_url} is not a model server.") from error

    def _only_output(self, signature_name: str) -> str:
        # The API leaves out the name of a single output; the metadata has it.
        signatures = self.metadata()["metadata"]["signature_def"]["signature_def"]
        (name,) = signatures[signature_name]["outputs"]
        return str(name)

    def _call(self, method: str, url: str, text: str = "") -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} if text else {}
        try:
            answer = self.session.request(
                method, url, data=text, headers=headers, timeout=self.timeout
            )
        except ValueError as error:  # from Requests, for an invalid URL
            raise ServiceError(f"{url} is no address with http://.") from error
        except requests.RequestException as error:
            raise ServiceError(f"No answer from {url}: is the server up?") from error
        with self._understanding():
            fields: dict[str, Any] = answer.json()
            if not answer.ok:
                raise ServiceError(f"{answer.status_code}: {fields['error']}")
            return fields


def _to_json(value: Any) -> Any:
    """Return lists for an array; bytes as the API has them."""
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    return np.asarray(value).tolist()
