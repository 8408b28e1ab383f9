"""The REST API of TensorFlow Serving over HTTP."""

import asyncio
import logging
import re
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

import h11
import uvicorn
from google.protobuf import json_format
from uvicorn.protocols.http.h11_impl import H11Protocol

from . import examples, protocol
from .models import Models
from .protocol import RequestError

MAX_BODY_BYTES = 100 * 2**20
MAX_HEAD_BYTES = 2**20
BODY_SECONDS = 30.0
HEAD_SECONDS = 60
DRAIN_SECONDS = 1.0
GRACE_SECONDS = 30
STAND_IN = b"local stand-in for TensorFlow Serving"

METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
_VERSION = r"(?:/versions/(\d+)|/labels/([^/:]+))?"
_PREDICTION = re.compile(
    rf"(?ai:/v1/models/([^/:]+){_VERSION}):(predict|classify|regress)"
)
_STATUS = re.compile(rf"(?ai:/v1/models(?:/([^/:]+))?{_VERSION}(?:/(metadata))?)")
# What RFC 3986 lets a URI hold; what comes before its path does not count.
_NAME = r"[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f][0-9A-Fa-f]"
_HOST = rf"(?:(?:{_NAME}|:)*@)?(?:\[[0-9A-Fa-f:.]+\]|(?:{_NAME})*)(?::\d*)?"
_URI = re.compile(
    rf"(?a)(?:[A-Za-z][A-Za-z0-9+.\-]*:)?(?://{_HOST}(?![^/?#])|(?!//))"
    rf"((?:{_NAME}|[:@/])*)"
    rf"((?:[?](?:{_NAME}|[:@/?])*)?(?:#(?:{_NAME}|[:@/?])*)?)"
)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What goes back to the caller."""

    status: int
    body: bytes = b""
    content_type: bytes = b"application/json"
    close: bool = False


class Request(NamedTuple):
    """What came: the method, the target as it was sent, the headers and the body."""

    method: str
    target: str
    headers: Mapping[bytes, bytes]
    body: bytes


class RestApi:
    """The ASGI application that uvicorn runs."""

    def __init__(self, models: Models, metrics_path: str | None) -> None:
        """Answer for these models."""
        self._models = models
        self._metrics_path = metrics_path
        self._answered: Counter[int] = Counter()
        self.draining = False

    async def __call__(
        self, scope: Mapping[str, Any], receive: Receive, send: Send
    ) -> None:
        """Answer one HTTP request."""
        answer = await self._read_and_answer(scope, receive)
        self._answered[answer.status] += 1
        headers = [
            (b"content-type", answer.content_type),
            (b"content-length", str(len(answer.body)).encode()),
            (b"server", STAND_IN),
        ]
        if answer.close or self.draining:
            headers.append((b"connection", b"close"))
        start = {"status": answer.status, "headers": headers}
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": answer.body})

    async def _read_and_answer(
        self, scope: Mapping[str, Any], receive: Receive
    ) -> Answer:
        headers = dict(reversed(scope["headers"]))  # of equal ones the first counts
        if scope["http_version"] >= "2":
            return _page(400, "Bad Request")
        if _expects_wonders(scope, headers):
            return _page(417, "Expectation Failed")
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(receive, headers)
        except TimeoutError:
            return _page(408, "Request Timeout")
        except OverflowError:
            return _page(413, "Content Too Large")
        target = scope["state"]["target"]
        request = Request(scope["method"], target, headers, body)
        return await asyncio.to_thread(self.answer, request)

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request, whatever it is."""
        try:
            return self._route(request)
        except RequestError as error:
            return _error(str(error), error.status)
        except RecursionError:
            return _error("JSON Parse error: nested too deeply", 400)
        except Exception:  # a fault of ours: the log has the rest
            log.exception("%s %s", request.method, request.target)
            return _error("Internal error", 500)

    def _route(self, request: Request) -> Answer:
        method = request.method
        if method not in METHODS:
            return _page(501, "Not Implemented")
        if not (uri := _URI.fullmatch(request.target)):
            return _page(400, "Bad Request")
        path, target = uri[1], uri[1] + uri[2]
        if path == self._metrics_path:
            return self._metrics(target)
        if not target.lower().startswith("/v1/"):
            return _page(404, "Not Found")
        if method == "OPTIONS":
            return _preflight(request.headers)
        if method == "POST" and (match := _PREDICTION.fullmatch(target)):
            return Answer(200, self._compute(match, _inflate(request)))
        if method == "GET" and (match := _STATUS.fullmatch(target)):
            if not match[1]:
                raise RequestError("Missing model name in request.")
            describe = self._metadata if match[4] == "metadata" else self._status
            return Answer(200, protocol.to_json(describe(*_which(match))))
        raise RequestError(f"Malformed request: {method} {target}")

    def _compute(self, match: re.Match[str], body: bytes) -> bytes:
        which = _which(match)
        document = protocol.parse(body)
        signature = protocol.signature_name(document)
        if match[4] == "predict":
            version = self._models.find(*which)
            dtypes = version.input_types(signature)
            inputs, by_row = protocol.read_inputs(document, dtypes)
            return protocol.write_outputs(version.predict(signature, inputs), by_row)
        serialised = examples.read_examples(document)
        answer = examples.classify if match[4] == "classify" else examples.regress
        return answer(self._models.find(*which), signature, serialised)

    def _status(self, model: str, number: int | None, _label: str | None) -> Any:
        versions = [
            {
                "version": str(version),
                "state": state.state,
                "status": {
                    "error_code": state.error_code,
                    "error_message": state.error_message,
                },
            }
            for version, state in self._models.states(model, number).items()
        ]
        return {"model_version_status": versions}

    def _metadata(self, model: str, number: int | None, label: str | None) -> Any:
        version = self._models.find(model, number, label)
        signatures = {
            name: json_format.MessageToDict(
                signature,
                preserving_proto_field_name=True,
                always_print_fields_with_no_presence=True,
            )
            for name, signature in version.signatures.items()
        }
        spec = {"name": model, "signature_name": "", "version": str(version.number)}
        metadata = {"signature_def": {"signature_def": signatures}}
        return {"model_spec": spec, "metadata": metadata}

    def _metrics(self, target: str) -> Answer:
        if target != self._metrics_path:
            reason = f"Unexpected path: {target}. Should be {self._metrics_path}"
            return Answer(400, reason.encode(), b"text/plain")
        name = "local_server_answers_total"
        lines = [f"# TYPE {name} counter"]
        for status, count in sorted(self._answered.items()):
            lines.append(name + '{status="' + str(status) + '"} ' + str(count))
        return Answer(200, "\n".join([*lines, ""]).encode(), b"text/plain")


def _expects_wonders(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> bool:
    """Say whether a body is held back for something else than 100-continue."""
    if scope["http_version"] == "1.0" or scope["method"] in ("HEAD", "TRACE"):
        return False
    length = int(headers.get(b"content-length", b"0"))
    announced = length > 0 or b"transfer-encoding" in headers
    expected = headers.get(b"expect", b"100-continue").lower()
    return announced and expected != b"100-continue"


def _which(match: re.Match[str]) -> tuple[str, int | None, str | None]:
    model, digits, label = match[1], match[2], match[3]
    # More than twenty digits are as wrong.
    number = int(digits.lstrip("0")[:20] or "0") if digits else None
    if number is not None and number >= 2**63:
        raise RequestError("")  # in production neither is there a reason
    return _name(model), number, _name(label) if label else None


def _name(escaped: str) -> str:
    return unquote(escaped, errors="surrogateescape")


def _inflate(request: Request) -> bytes:
    """Return the body, unzipped if it is said to be zipped; empty if it cannot be."""
    if b"gzip" not in request.headers.get(b"content-encoding", b""):
        return request.body
    inflater = zlib.decompressobj(wbits=31)
    try:
        body = inflater.decompress(request.body, MAX_BODY_BYTES)
    except zlib.error:
        return b""
    return body if inflater.eof and not inflater.unused_data else b""


async def read_body(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    """Return a request's body; raises OverflowError if it is too large."""
    if int(headers.get(b"content-length", b"0")) > MAX_BODY_BYTES:
        raise OverflowError
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_BYTES:
            raise OverflowError
    return bytes(body)


def _preflight(headers: Mapping[bytes, bytes]) -> Answer:
    allowed = re.search(b"https?://", headers.get(b"origin", b""))
    content_type = b"text/html; charset=ISO-8859-1"
    return Answer(200 if allowed else 400, content_type=content_type)


def _error(message: str, status: int) -> Answer:
    return Answer(status, protocol.to_json({"error": message}) if message else b"")


def _page(status: int, title: str) -> Answer:
    text = f"<HTML><HEAD><TITLE>{status} {title}</TITLE></HEAD></HTML>\n"
    return Answer(status, text.encode(), b"text/html", close=True)


class Parser(h11.Connection):
    """Remembers the target as it was sent; uvicorn drops a question mark at its end."""

    def __init__(self, max_head_bytes: int, state: dict[str, Any]) -> None:
        """Put the target of each request into this state."""
        super().__init__(h11.SERVER, max_head_bytes)
        self._state = state

    def next_event(self) -> Any:
        """Return what came next."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._state["target"] = event.target.decode("latin-1")
        return event


class Connection(H11Protocol):
    """Gives the head of a request no more time than uvicorn gives an idle caller."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Let each request have the target in its state, of which it gets a copy."""
        super().__init__(*arguments, **options)
        self.app_state: dict[str, Any] = {}
        self.conn = Parser(MAX_HEAD_BYTES, self.app_state)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock that a whole head stops."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def data_received(self, data: bytes) -> None:
        """Take what came, without stopping the clock at its first byte."""
        self.conn.receive_data(data)
        self.handle_events()


class Server(uvicorn.Server):
    """Stops as a load balancer would have it: nothing that was accepted is lost."""

    def __init__(self, api: RestApi, port: int) -> None:
        """Prepare to serve; `run` does, until it is told to stop by a signal."""
        config = uvicorn.Config(
            api,
            port=port,
            http=Connection,
            ws="none",
            lifespan="off",
            timeout_keep_alive=HEAD_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            access_log=False,
            server_header=False,
            log_level="warning",
        )
        super().__init__(config)
        self._api = api

    async def shutdown(self, sockets: Any = None) -> None:
        """Take no new connection; answer what is on its way, then close."""
        self._api.draining = True
        for listener in self.servers:
            listener.close()
        await asyncio.sleep(DRAIN_SECONDS)
        await super().shutdown(sockets)
