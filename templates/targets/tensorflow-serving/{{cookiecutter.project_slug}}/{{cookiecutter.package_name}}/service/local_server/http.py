"""The REST API over HTTP: one thread for each connection."""

import logging
import re
import signal
import threading
import zlib
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from .. import payloads
from ..payloads import RequestError
from . import values
from .models import Models

MAX_BODY_BYTES = 100 * 2**20
_MODEL = r"/v1/models/([^/:?#]+)(?:/versions/(\d{1,19})|/labels/([^/:?#]+))?"
_PREDICT = re.compile(rf"(?ai:{_MODEL}):predict")
_READ = re.compile(rf"(?ai:{_MODEL}(/metadata)?)")

log = logging.getLogger(__name__)


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: "Server"
    protocol_version = "HTTP/1.1"
    server_version = "local stand-in for TensorFlow Serving"
    sys_version = ""
    timeout = 5.0  # seconds without a byte, after which a connection is closed
    wbufsize = -1  # so that head and body leave together

    def do_GET(self) -> None:
        """Answer with the status or the metadata of a model."""
        self._respond(self._describe)

    def do_POST(self) -> None:
        """Answer with the outputs of a model."""
        self._respond(self._predict)

    def do_HEAD(self) -> None:
        """Refuse the request, as TensorFlow Serving does."""
        self._respond(self._refuse)

    do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD  # noqa: N815

    def _respond(self, answer: Callable[[bytes], bytes]) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not re.fullmatch("[0-9]+", length):
            self.send_error(411)
        elif len(length) > 9 or int(length) > MAX_BODY_BYTES:
            self.send_error(413)
        else:
            self._send(*self._try(answer, self.rfile.read(int(length))))

    def _try(self, answer: Callable[[bytes], bytes], body: bytes) -> tuple[int, bytes]:
        try:
            zipped = "gzip" in self.headers.get("Content-Encoding", "")
            return 200, answer(_inflate(body) if zipped else body)
        except RequestError as error:
            return error.status, payloads.error(str(error))
        except Exception:
            log.exception("%s", self.requestline)
            return 500, payloads.error("The server has failed: see its log.")

    def _predict(self, body: bytes) -> bytes:
        if not (match := _PREDICT.fullmatch(self.path)):
            return self._refuse(body)
        fields = values.parse(body)
        model = self.server.models.find(*_target(match))
        signature = model.signature(fields.get("signature_name", ""))
        query = values.read(fields, signature.inputs)
        return values.render(signature.predict(query.inputs), query.by_row)

    def _describe(self, body: bytes) -> bytes:
        if not (match := _READ.fullmatch(self.path)):
            return self._refuse(body)
        models = self.server.models
        describe = models.metadata if match[4] == "/metadata" else models.status
        return payloads.dumps(describe(*_target(match)))

    def _refuse(self, _body: bytes) -> bytes:
        if not self.path.lower().startswith("/v1/"):
            raise RequestError(f"There is nothing at {self.path}.", 404)
        if self.path.endswith((":classify", ":regress")):
            raise RequestError("The local server has no classify and regress methods.")
        raise RequestError(f"Malformed request: {self.command} {self.path}")

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection or self.server.is_stopping:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: Any = None, explain: Any = None) -> None:
        """Refuse what cannot be read, and close the connection."""
        self.close_connection = True
        self._send(code, payloads.error(message or explain or HTTPStatus(code).phrase))

    def log_message(self, *_: Any) -> None:
        """Log no line for each request."""


def _target(match: re.Match[str]) -> tuple[str, int | None, str | None]:
    name, number, label = match[1], match[2], match[3]
    return unquote(name), int(number) if number else None, unquote(label or "") or None


def _inflate(body: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        inflated = inflater.decompress(body, MAX_BODY_BYTES)
    except zlib.error as error:
        raise RequestError(f"The body is not in gzip format: {error}.") from error
    if not inflater.eof or inflater.unused_data:
        raise RequestError("The body is not one whole gzip file, or is too large.")
    return inflated


class Server(ThreadingHTTPServer):
    """Serves until SIGTERM or SIGINT; requests that came before are answered."""

    daemon_threads = False  # so that server_close waits for them
    request_queue_size = 128

    def __init__(self, models: Models, port: int) -> None:
        """Listen on a port of this machine."""
        self.models = models
        self.is_stopping = False
        super().__init__(("127.0.0.1", port), Handler)

    def run(self) -> None:
        """Serve, then wait until every connection is closed."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        self.serve_forever(poll_interval=0.1)
        self.socket.close()
        self.is_stopping = True
        self.server_close()

    def _stop(self, *_: Any) -> None:
        threading.Thread(target=self.shutdown).start()
