"""Calls the Flask application, over WSGI, from Granian's own interface, RSGI."""

import io
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple
from wsgiref.types import WSGIApplication

from granian.rsgi import Scope

Headers = list[tuple[str, str]]


class Reply(NamedTuple):
    """What goes back to the client."""

    status: int
    headers: Headers
    body: bytes


def call(
    application: WSGIApplication, scope: Scope, body: bytes, request_id: str
) -> Reply:
    """Return the application's reply to a request that has been read whole."""
    started: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, _: Any = None) -> Any:
        started.append((int(status.split()[0]), headers))

    environ = environment(scope, body)
    environ["HTTP_X_REQUEST_ID"] = request_id  # also where the client has sent none
    chunks: Iterable[bytes] = application(environ, start_response)
    try:
        answer = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = started[-1]
    return Reply(status, [(name.lower(), value) for name, value in headers], answer)


def environment(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the request in the form that WSGI (PEP 3333) gives it."""
    host, _, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        # Of a header that comes twice, the first counts, as for the front.
        environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_CONTENT_LENGTH", None)
    return environ
