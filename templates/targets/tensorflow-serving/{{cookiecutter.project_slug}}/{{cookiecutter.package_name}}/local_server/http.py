"""The REST API of TensorFlow Serving over HTTP."""

import asyncio
import logging
import re
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import uvicorn
from google.protobuf import json_format

from . import examples, protocol
from .models import Models
from .protocol import RequestError

MAX_BODY_BYTES = 100 * 2**20
BODY_SECONDS = 30.0
DRAIN_SECONDS = 1.0
STAND_IN = b"local stand-in for TensorFlow Serving"

JSON, HTML = b"application/json", b"text/html"

_MODEL = r"/v1/models/([^/:]+)(?:/versions/(\d+)|/labels/([^/:]+))?"
_PREDICTION = re.compile(rf"(?i:{_MODEL}):(predict|classify|regress)", re.ASCII)
_STATUS = re.compile(rf"(?i:{_MODEL}(?:/(metadata))?)", re.ASCII)
_NO_MODEL = re.compile("(?i:/v1/models)")
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What goes back to the caller."""

    status: int
    body: bytes = b""
    content_type: bytes = JSON
    close: bool = False


class Request(NamedTuple):
    """What came: the method, the path with its query as it was sent, and the body."""

    method: str
    target: str
    headers: Mapping[bytes, bytes]
    body: bytes


class RestApi:
    """The ASGI application that uvicorn runs."""

    def __init__(
        self, models: Models, metrics_path: str | None, timeout: float
    ) -> None:
        """Answer for these models, within so many seconds."""
        self._models = models
        self._metrics_path = metrics_path
        self._timeout = timeout
        self._answered: Counter[int] = Counter()
        self.draining = False

    async def __call__(
        self, scope: Mapping[str, Any], receive: Receive, send: Send
    ) -> None:
        """Answer one HTTP request."""
        headers = dict(scope["headers"])
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(receive, headers)
        except TimeoutError:
            answer = _page(408, "Request Timeout")
        except OverflowError:
            answer = _page(413, "Content Too Large")
        else:
            request = Request(scope["method"], _target(scope), headers, body)
            answer = await self._answer_in_time(request)
        await self._send(answer, send)

    async def _answer_in_time(self, request: Request) -> Answer:
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.to_thread(self.answer, request)
        except TimeoutError:
            return _error("Timed out waiting for notification", 504)

    async def _send(self, answer: Answer, send: Send) -> None:
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
        method, target = request.method, request.target
        if method not in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}:
            return _page(501, "Not Implemented")
        if _BAD_ESCAPE.search(target):
            return _page(400, "Bad Request")
        if target == self._metrics_path:
            return Answer(200, self._count(), b"text/plain")
        if not target.lower().startswith("/v1/"):
            return _page(404, "Not Found")
        if method == "OPTIONS":
            return _preflight(request.headers)
        if method == "POST" and (match := _PREDICTION.fullmatch(target)):
            return Answer(200, self._compute(match, _inflate(request)))
        if method == "GET" and (match := _STATUS.fullmatch(target)):
            describe = self._metadata if match[4] == "metadata" else self._status
            return Answer(200, describe(*_which(match)))
        if method == "GET" and _NO_MODEL.fullmatch(target):
            raise RequestError("Missing model name in request.")
        raise RequestError(f"Malformed request: {method} {target}")

    def _compute(self, match: re.Match[str], body: bytes) -> bytes:
        which, method = _which(match), match[4]
        document = protocol.parse(body)
        signature = protocol.signature_name(document)
        if method == "predict":
            version = self._models.find(*which)
            dtypes = version.input_types(signature)
            inputs, by_row = protocol.read_inputs(document, dtypes)
            outputs = version.predict(signature, inputs)
            return protocol.write_outputs(outputs, by_row)
        serialised = examples.read_examples(document)
        answer = examples.classify if method == "classify" else examples.regress
        return answer(self._models.find(*which), signature, serialised)

    def _status(self, model: str, number: int | None, _label: str | None) -> bytes:
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
        return protocol.to_json({"model_version_status": versions})

    def _metadata(self, model: str, number: int | None, label: str | None) -> bytes:
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
        return protocol.to_json({"model_spec": spec, "metadata": metadata})

    def _count(self) -> bytes:
        name = "local_server_answers_total"
        lines = [f"# TYPE {name} counter"]
        for status, count in sorted(self._answered.items()):
            lines.append(name + '{status="' + str(status) + '"} ' + str(count))
        return "\n".join([*lines, ""]).encode()


def _target(scope: Mapping[str, Any]) -> str:
    raw = scope["raw_path"] + (b"?" + scope["query_string"]).rstrip(b"?")
    target = str(raw, "latin-1")
    if target.startswith("/"):
        return target
    parts = urlsplit(target)  # the absolute form, which proxies send
    return parts._replace(scheme="", netloc="").geturl()


def _which(match: re.Match[str]) -> tuple[str, int | None, str | None]:
    model, version, label = match[1], match[2], match[3]
    number = int(version[:20]) if version else None  # more digits are as wrong
    if number is not None and number >= 2**63:
        raise RequestError(f"Failed to convert version: {version} to numeric.")
    return unquote(model), number, unquote(label) if label else None


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
    allowed = headers.get(b"origin", b"").startswith((b"http://", b"https://"))
    return Answer(
        200 if allowed else 400, content_type=b"text/html; charset=ISO-8859-1"
    )


def _error(message: str, status: int) -> Answer:
    return Answer(status, protocol.to_json({"error": message}))


def _page(status: int, title: str) -> Answer:
    text = f"<HTML><HEAD><TITLE>{status} {title}</TITLE></HEAD></HTML>\n"
    return Answer(status, text.encode(), HTML, close=True)


class Server(uvicorn.Server):
    """Stops as a load balancer would have it: nothing that was accepted is lost."""

    def __init__(self, api: RestApi, host: str, port: int) -> None:
        """Prepare to serve; `run` does, until it is told to stop by a signal."""
        config = uvicorn.Config(
            api,
            host,
            port,
            http="h11",
            ws="none",
            lifespan="off",
            timeout_keep_alive=60,
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
