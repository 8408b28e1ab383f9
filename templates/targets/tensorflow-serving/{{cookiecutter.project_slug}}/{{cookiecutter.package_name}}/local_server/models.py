"""The models that are served: versions loaded from their folders, and watched."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.core.protobuf import config_pb2

from ..messages import (
    WARMUP_RECORDS,
    ConfigError,
    ModelServerConfig,
    PredictionLog,
    read_config,
)
from ..tensors import to_array
from .protocol import RequestError

POLL_SECONDS = 1.0

log = logging.getLogger(__name__)


class Version:
    """One version of a model, loaded into a graph and a session of its own.

    Whoever answers a request holds a reference, so the session of a version that was
    taken out of service closes after its last request, and by itself.
    """

    def __init__(self, folder: Path) -> None:
        """Load the SavedModel in a folder named by the version's number."""
        self.number = int(folder.name)
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        meta_graph = tf.compat.v1.saved_model.load(
            self._session, [tf.saved_model.SERVING], str(folder)
        )
        self.signatures = dict(meta_graph.signature_def)
        self._calls = {name: self._callable(name) for name in self.signatures}

    def _callable(self, name: str) -> Any:
        signature = self.signatures[name]
        if not signature.inputs:
            return None
        options = config_pb2.CallableOptions(
            feed=[signature.inputs[key].name for key in sorted(signature.inputs)],
            fetch=[signature.outputs[key].name for key in sorted(signature.outputs)],
        )
        # The public ways hold inputs to their declared shapes; TensorFlow Serving, and
        # this call, let the graph decide.
        return self._session._make_callable_from_options(options)

    def input_types(self, name: str) -> dict[str, str]:
        """Return the signature's inputs, each with the name of its data type."""
        if name not in self.signatures:
            raise RequestError(
                f'Serving signature name: "{name}" not found in signature def'
            )
        if self._calls[name] is None:
            raise RequestError(f"Failed to get input map for signature: {name}")
        inputs = self.signatures[name].inputs
        return {key: tf.as_dtype(inputs[key].dtype).name for key in sorted(inputs)}

    def predict(self, name: str, inputs: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """Return a signature's outputs by name; a scalar string comes as bytes."""
        feeds = [inputs[key] for key in sorted(inputs)]
        try:
            values = self._calls[name](*feeds)
        except tf.errors.OpError as error:
            raise RequestError(
                error.message, HTTP_STATUS.get(error.error_code, 500)
            ) from error
        return dict(zip(sorted(self.signatures[name].outputs), values, strict=True))

    def warm_up(self, folder: Path) -> None:
        """Answer the requests recorded in the model, so that no caller waits."""
        records = folder / WARMUP_RECORDS
        if not records.is_file():
            return
        for record in tf.data.TFRecordDataset(str(records)).as_numpy_iterator():
            request = PredictionLog.FromString(record).predict_log.request
            inputs = {key: to_array(value) for key, value in request.inputs.items()}
            self.predict(request.model_spec.signature_name, inputs)


HTTP_STATUS = {
    tf.errors.INVALID_ARGUMENT: 400,
    tf.errors.FAILED_PRECONDITION: 412,
    tf.errors.OUT_OF_RANGE: 400,
    tf.errors.NOT_FOUND: 404,
    tf.errors.RESOURCE_EXHAUSTED: 429,
    tf.errors.UNIMPLEMENTED: 501,
    tf.errors.UNAVAILABLE: 503,
    tf.errors.DEADLINE_EXCEEDED: 504,
}
CODES = {
    tf.errors.DATA_LOSS: "DATA_LOSS",
    tf.errors.FAILED_PRECONDITION: "FAILED_PRECONDITION",
    tf.errors.INVALID_ARGUMENT: "INVALID_ARGUMENT",
    tf.errors.NOT_FOUND: "NOT_FOUND",
}


class State(NamedTuple):
    """What the status of a version says."""

    state: str
    error_code: str = "OK"
    error_message: str = ""


@dataclass
class Policy:
    """Which of the versions on disk are to be served."""

    latest: int | None = 1
    specific: frozenset[int] = frozenset()

    def choose(self, numbers: set[int]) -> set[int]:
        """Return the versions to serve of those there are."""
        if self.specific:
            return numbers & self.specific
        if self.latest is None:
            return numbers
        return set(sorted(numbers)[-self.latest :])


class Model:
    """A folder of versions; each is a folder whose name is a number."""

    def __init__(self, name: str, base_path: Path) -> None:
        """Remember where the versions are; `refresh` loads them."""
        self.name = name
        self.base_path = base_path
        self.policy = Policy()
        self.labels: dict[str, int] = {}
        self.states: dict[int, State] = {}
        self._loaded: dict[int, Version] = {}
        self._failed: dict[int, object] = {}
        self._ignored: set[str] = set()

    def refresh(self) -> None:
        """Load what appeared; then drop what is not wanted any more.

        In this order, and only once something else is available: whatever happens on
        disk, a model that was served stays served.
        """
        wanted = self.policy.choose(self._versions_on_disk())
        for number in sorted(wanted - self._loaded.keys()):
            self._try_to_load(number)
        if wanted & self._loaded.keys():
            for number in self._loaded.keys() - wanted:
                self._drop(number)

    def _versions_on_disk(self) -> set[int]:
        try:
            names = [path.name for path in self.base_path.iterdir() if path.is_dir()]
        except OSError:
            names = []
        for name in names:
            hidden = name.startswith(".")  # an export in progress
            if not name.isdecimal() and not hidden and name not in self._ignored:
                self._ignored.add(name)
                log.warning(
                    "%s/%s is ignored: a version is a number", self.base_path, name
                )
        return {int(name) for name in names if name.isdecimal()}

    def _try_to_load(self, number: int) -> None:
        folder = self.base_path / str(number)
        contents = _contents(folder)
        if self._failed.get(number) == contents:
            return  # as broken as it was a second ago
        self.states[number] = State("LOADING")
        try:
            version = Version(folder)
            version.warm_up(folder)
        except Exception as error:  # a broken model can raise nearly anything
            self._failed[number] = contents
            self.states[number] = _failure(folder, error)
            reason = " ".join(self.states[number].error_message.split())
            log.error("%s is not served: %s", folder, reason)
            return
        self._failed.pop(number, None)
        self._loaded = {**self._loaded, number: version}
        self.states[number] = State("AVAILABLE")
        log.info("%s is served", folder)

    def _drop(self, number: int) -> None:
        self._loaded = {key: v for key, v in self._loaded.items() if key != number}
        self.states[number] = State("END")
        log.info("%s/%s is no longer served", self.base_path, number)

    def find(self, number: int | None, label: str | None) -> Version:
        """Return the version asked for, or the newest one."""
        loaded = self._loaded
        if label is not None:
            if label not in self.labels:
                raise RequestError(f"Unrecognized servable version label: {label}")
            number = self.labels[label]
        wanted = max(loaded, default=None) if number is None else number
        if wanted not in loaded:
            raise not_found(self.name, number)
        return loaded[wanted]


def _contents(folder: Path) -> object:
    """Return what changes when a file in the folder does."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path, path.stat().st_size, path.stat().st_mtime_ns) for path in files]


def _failure(folder: Path, error: Exception) -> State:
    if not (folder / "saved_model.pb").is_file():
        message = (
            "Specified file path does not appear to contain a SavedModel bundle "
            "(should have a file called `saved_model.pb`)\n"
            f"Specified file path: {folder}"
        )
        return State("END", "NOT_FOUND", message)
    if isinstance(error, tf.errors.OpError):
        code = CODES.get(error.error_code, "UNKNOWN")
        return State("END", code, error.message)
    message = f"Can't parse {folder}/saved_model.pb as binary proto"
    return State("END", "DATA_LOSS", message)


def not_found(name: str, number: int | None) -> RequestError:
    """Return the error for a model or a version that is not served."""
    wanted = f"Latest({name})" if number is None else f"Specific({name}, {number})"
    return RequestError(f"Servable not found for request: {wanted}", 404)


class Models:
    """All models that a configuration file names, kept up to date with it."""

    def __init__(self, config: Path) -> None:
        """Load every model; raises ConfigError or OSError if the file is no use."""
        self._config = config
        self._read_at = -1
        self._models: dict[str, Model] = {}
        self.refresh()

    def refresh(self) -> None:
        """Follow the configuration file and the folders of versions."""
        modified = self._config.stat().st_mtime_ns
        if modified != self._read_at:
            self._configure(read_config(self._config, ModelServerConfig))
            self._read_at = modified
        for model in self._models.values():
            model.refresh()

    def _configure(self, config: Any) -> None:
        models = {}
        for item in config.model_config_list.config:
            path = Path(item.base_path)
            model = self._models.get(item.name)
            if model is None or model.base_path != path:
                model = Model(item.name, path)
            model.policy = _policy(item.model_version_policy)
            model.labels = dict(item.version_labels)
            models[item.name] = model
        self._models = models

    def watch(self) -> None:
        """Keep on refreshing, from a thread that ends with the process."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(POLL_SECONDS):
            try:
                self.refresh()
            except (OSError, ConfigError) as error:
                log.error("the configuration stays as it was: %s", error)

    def find(self, name: str, number: int | None, label: str | None) -> Version:
        """Return a loaded version; raises RequestError if it is not served."""
        if name in self._models:
            return self._models[name].find(number, label)
        if label is not None:
            raise RequestError(f"Unrecognized servable version label: {label}")
        raise not_found(name, number)

    def states(self, name: str, number: int | None) -> dict[int, State]:
        """Return what is known of one version or of all, the newest first."""
        model = self._models.get(name)
        states = dict(model.states) if model else {}
        if number is not None:
            if number not in states:
                message = f"Could not find version {number} of model {name}"
                raise RequestError(message, 404)
            return {number: states[number]}
        if not states:
            raise RequestError(f"Could not find any versions of model {name}", 404)
        return dict(sorted(states.items(), reverse=True))


def _policy(message: Any) -> Policy:
    if message.HasField("all"):
        return Policy(latest=None)
    if message.HasField("specific"):
        return Policy(specific=frozenset(message.specific.versions))
    return Policy(latest=max(1, message.latest.num_versions))
