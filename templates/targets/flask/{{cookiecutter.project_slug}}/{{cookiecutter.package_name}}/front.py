"""What stands in front of Flask: limits, request ids, metrics, and the hot route.

Requests are read here, without a thread for each, so a slow client keeps nobody
waiting. Predict requests in plain JSON, which are nearly all, are answered here: Flask's
dispatch takes longer than a small model. Everything else goes on to Flask, whose own
predict view gives the same answers.
"""

import asyncio
import itertools
import logging
import re
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from granian.rsgi import HTTPProtocol, Scope

from . import batching, bridge, metrics, protocol
from .bridge import Reply
from .predictor import Predictor
from .protocol import RequestError

JSON = [("content-type", "application/json")]
RETRY = [*JSON, ("retry-after", "1")]
REQUEST_ID = re.compile(r"[\w.-]{1,64}")

# Always answered, so that nobody takes a busy service for a dead one.
UNLIMITED = {"/healthz", "/readyz", "/metrics"}

log = logging.getLogger(__name__)


class BusyError(Exception):
    """The service cannot take the request now; the client may try again."""


class Front:
    """An RSGI application around a Flask application."""

    def __init__(self, app: Flask, predictor: Predictor) -> None:
        """Take limits from the application's configuration."""
        self._app = app
        self._inputs = predictor.signature.inputs
        self._hot_path = f"/v1/models/{predictor.signature.name}:predict"
        self._routes = {rule.rule for rule in app.url_map.iter_rules()}
        self._runner = batching.choose(predictor)
        self._threads = ThreadPoolExecutor(2, "flask")
        self._body_limit: int = app.config["MAX_CONTENT_LENGTH"]
        self._queue_limit: int = app.config["QUEUE_LIMIT"]
        self._time_limit: float = app.config["TIME_LIMIT"]
        self._in_flight = 0
        prefix = secrets.token_hex(4)
        self._ids = (f"{prefix}-{number:x}" for number in itertools.count(1))

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Answer one request, count it, and log it."""
        start = time.perf_counter()
        request_id = scope.headers.get("x-request-id", "")
        if not REQUEST_ID.fullmatch(request_id):
            request_id = next(self._ids)
        try:
            reply = await self._reply(scope, proto)
        except RequestError as error:
            reply = Reply(error.status, JSON, protocol.error(str(error)))
        except BusyError as error:
            reply = Reply(503, RETRY, protocol.error(str(error)))
        except Exception:
            log.exception("failed", extra={"fields": {"request_id": request_id}})
            reply = Reply(500, JSON, protocol.error("The service has failed."))
        headers = [*reply.headers, ("x-request-id", request_id)]
        proto.response_bytes(reply.status, headers, reply.body)
        self._record(scope, reply.status, request_id, time.perf_counter() - start)

    async def _reply(self, scope: Scope, proto: HTTPProtocol) -> Reply:
        if scope.path in UNLIMITED:
            return await self._flask(scope, b"")
        if self._in_flight >= self._queue_limit:
            raise BusyError("Too many requests are waiting; try again in a second.")
        self._in_flight += 1
        metrics.IN_FLIGHT.inc()
        try:
            body = await self._read(scope, proto)
            if self._is_hot(scope):
                return Reply(200, JSON, await self._predict(body))
            return await self._flask(scope, body)
        finally:
            self._in_flight -= 1
            metrics.IN_FLIGHT.dec()

    def _is_hot(self, scope: Scope) -> bool:
        return (
            scope.path == self._hot_path
            and scope.method == "POST"
            and scope.headers.get("content-type") == "application/json"
            and "content-encoding" not in scope.headers
        )

    async def _read(self, scope: Scope, proto: HTTPProtocol) -> bytes:
        """Return the whole body; raise RequestError if it is too large or too slow."""
        length = scope.headers.get("content-length")
        if length is None and "transfer-encoding" not in scope.headers:
            return b""
        if length is not None and int(length) > self._body_limit:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._time_limit):
                if length is not None:
                    return await proto()
                return await self._read_chunks(proto)
        except TimeoutError as error:
            raise RequestError("The body came too slowly.", 408) from error

    async def _read_chunks(self, proto: HTTPProtocol) -> bytes:
        body = bytearray()
        async for chunk in proto:
            body += chunk
            if len(body) > self._body_limit:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> RequestError:
        return RequestError(f"Send at most {self._body_limit} bytes.", 413)

    async def _predict(self, body: bytes) -> bytes:
        query = protocol.parse(body, self._inputs)
        try:
            async with asyncio.timeout(self._time_limit):
                outputs = await self._runner.predict(query.inputs)
        except TimeoutError as error:
            raise BusyError("The model had no time; try again in a second.") from error
        return protocol.render(outputs, query.by_row)

    async def _flask(self, scope: Scope, body: bytes) -> Reply:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, bridge.call, self._app.wsgi_app, scope, body
        )

    def _record(
        self, scope: Scope, status: int, request_id: str, seconds: float
    ) -> None:
        route = scope.path if scope.path in self._routes else "other"
        metrics.REQUESTS.labels(route, status).inc()
        metrics.SECONDS.labels(route).observe(seconds)
        if not log.isEnabledFor(logging.INFO):
            return
        fields = {
            "request_id": request_id,
            "method": scope.method,
            "path": scope.path,
            "status": status,
            "seconds": round(seconds, 6),
        }
        log.info("request", extra={"fields": fields})
