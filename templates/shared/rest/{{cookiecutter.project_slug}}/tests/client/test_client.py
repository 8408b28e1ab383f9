"""The client, against servers that are busy, and that are something else."""

from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest

from {{ cookiecutter.package_name }}.client.rest import (
    Client,
    ServiceError,
)


class Stranger(BaseHTTPRequestHandler):
    """A server of something else, that speaks JSON."""

    answer = b""

    def do_GET(self) -> None:
        """Answer anything."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    do_POST = do_GET  # noqa: N815


@pytest.mark.parametrize("answer", [b"[1]", b"null", b"{}", b'{"outputs": 7}', b"<p>"])
def test_the_client_does_not_believe_another_server(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """It says that it is none of a model."""
    monkeypatch.setattr(Stranger, "answer", answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        client = Client(f"http://127.0.0.1:{server.server_port}", "digits")
        assert not client.is_available()
        with pytest.raises(ServiceError, match="model"):
            client.predict({"image": np.zeros((1, 8, 8))})
        server.shutdown()
        client.session.close()


@pytest.mark.parametrize("url", ["", "foo", "http://[", "ftp://127.0.0.1"])
def test_the_client_names_a_url_that_is_none(url: str) -> None:
    """Rather than a server that does not answer."""
    with pytest.raises(ServiceError, match="is no address"):
        Client(url, "digits").metadata()


class BusyOnce(BaseHTTPRequestHandler):
    """A server that has no time at first."""

    refused = 0

    def do_GET(self) -> None:
        """Refuse the first request and answer the others."""
        BusyOnce.refused += 1
        self.send_response(503 if BusyOnce.refused == 1 else 200)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


def test_the_client_asks_a_busy_service_again() -> None:
    """As the header Retry-After says."""
    with HTTPServer(("127.0.0.1", 0), BusyOnce) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert Client(url, "digits").metadata() == {}
        server.shutdown()
    assert BusyOnce.refused == 2
