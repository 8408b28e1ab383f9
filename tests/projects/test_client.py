"""The REST client of a generated project, against servers that are busy or others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
import pytest

from projects.conftest import Project


@pytest.fixture(scope="module")
def rest(project_of: Callable[[str], Project]) -> Any:
    """The module of the client."""
    return project_of("keras-tensorflow-serving-saved-model").module("client.rest")


class Answering(BaseHTTPRequestHandler):
    """A server that answers every request with the next of these answers."""

    answers: list[tuple[int, bytes]]

    def do_GET(self) -> None:
        status, body = (
            self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        )
        self.send_response(status)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def client_of(rest: Any, *answers: tuple[int, bytes]) -> Iterator[Any]:
    """Yield a client of a server that gives these answers, the last one for ever."""
    handler = type("Handler", (Answering,), {"answers": list(answers)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        client = rest.Client(f"http://127.0.0.1:{server.server_port}", "digits")
        yield client
        client.session.close()
        server.shutdown()


@pytest.mark.parametrize("answer", [b"[1]", b"null", b"{}", b'{"outputs": 7}', b"<p>"])
def test_an_answer_of_another_server_is_an_error(rest: Any, answer: bytes) -> None:
    with client_of(rest, (200, answer)) as client:
        assert not client.is_available()
        with pytest.raises(rest.ServiceError, match="model"):
            client.predict({"image": np.zeros((1, 8, 8))})


@pytest.mark.parametrize("url", ["", "foo", "http://[", "ftp://127.0.0.1"])
def test_a_malformed_url_is_named(rest: Any, url: str) -> None:
    with pytest.raises(rest.ServiceError, match="is no address"):
        rest.Client(url, "digits").metadata()


def test_a_busy_service_is_asked_again(rest: Any) -> None:
    with client_of(rest, (503, b"{}"), (200, b'{"name": "x"}')) as client:
        assert client.metadata() == {"name": "x"}


def test_states_are_by_version(rest: Any) -> None:
    status = b"""{"model_version_status": [
      {"version": "2", "state": "END", "status": {"error_message": "broken"}},
      {"version": "1", "state": "AVAILABLE", "status": {"error_message": ""}}]}"""
    with client_of(rest, (200, status)) as client:
        assert client.states() == {2: ("END", "broken"), 1: rest.AVAILABLE}
        assert client.is_available()
