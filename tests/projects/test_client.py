"""The generated client, with servers that are busy or are something else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
import pytest

from projects.conftest import Project


@pytest.fixture(scope="module")
def rest(project_of: Callable[[str], Project]) -> Any:
    return project_of("keras-flask-onnx").module("client.rest")


@contextlib.contextmanager
def server(*responses: tuple[int, bytes]) -> Iterator[str]:
    """Serve these responses in turn, the last one again and again; yield the URL."""
    left = list(responses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()


@pytest.mark.parametrize("body", [b"[1]", b"null", b"{}", b'{"outputs": 7}', b"<p>"])
def test_another_server_is_not_taken_for_a_model_server(rest: Any, body: bytes) -> None:
    with server((200, body)) as url:
        client = rest.Client(url, "digits")
        assert not client.is_available()
        with pytest.raises(rest.ServiceError, match="model"):
            client.predict({"image": np.zeros((1, 8, 8))})
        client.session.close()


@pytest.mark.parametrize("url", ["", "foo", "http://[", "ftp://127.0.0.1"])
def test_an_invalid_url_is_named(rest: Any, url: str) -> None:
    """Rather than a server that does not answer."""
    with pytest.raises(rest.ServiceError, match="is no address"):
        rest.Client(url, "digits").metadata()


def test_a_busy_service_is_retried(rest: Any) -> None:
    """As the header Retry-After says."""
    with server((503, b"{}"), (200, b'{"model": 1}')) as url:
        client = rest.Client(url, "digits")
        assert client.metadata() == {"model": 1}
        client.session.close()
