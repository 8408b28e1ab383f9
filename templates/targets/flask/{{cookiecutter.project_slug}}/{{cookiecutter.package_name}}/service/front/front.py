"""What stands before Flask: limits, request ids, metrics, and the hot route.

Requests are read here, without a thread for each, so a slow client keeps nobody
waiting. Predict requests in plain JSON, which are nearly all, are answered here, as
Flask's dispatch takes longer than a small model. Everything else goes on to Flask,
whose own predict view gives the same answers.
"""

import asyncio
import itertools
import logging
import multiprocessing
import os
import re
import secrets
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from granian._granian import RSGIHeaders as Headers
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian.rsgi import Scope

from .. import draining, metrics, protocol
from ..predictor import Predictor
from ..protocol import RequestError
from . import batching, bridge
from .batching import BusyError
from .bridge import Reply
from .records import Record, Records

JSON = [("content-type", "application/json")]
RETRY = [*JSON, ("retry-after", "1")]
REQUEST_ID = re.compile(r"[\w.-]{1,64}")

# Answered however many others wait, so that nobody takes a busy service for a dead one.
UNLIMITED = {"/healthz", "/readyz", "/metrics"}
BEAT_SECONDS = 0.2
LARGE = 50_000  # bytes of a body that takes too long to read while others wait

log = logging.getLogger(__name__)


class Places:
    """Room for so many requests at a time; a context manager for each of them."""

    def __init__(self, limit: int) -> None:
        """Start with all places free."""
        self._limit = limit
        self.taken = 0

    def __enter__(self) -> None:
        """Take a place; raise BusyError if there is none."""
        if self.taken >= self._limit:
            raise BusyError("Too many requests are waiting; try again in a second.")
        self.taken += 1

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self.taken -= 1


class Front:
    """An RSGI application around a Flask application."""

    def __init__(self, app: Flask, predictor: Predictor) -> None:
        """Take limits from the application's configuration."""
        self._app = app
        self._signature = predictor.signature
        self._hot_path = f"/v1/models/{predictor.signature.name}:predict"
        routes = {rule.rule for rule in app.url_map.iter_rules()}
        self._records = Records(routes, log.isEnabledFor(logging.INFO))
        # One thread each: a model that fills all processors leaves none for more.
        self._operators = ThreadPoolExecutor(1, "operators")
        self._visitors = ThreadPoolExecutor(1, "visitors")
        self._readers = ThreadPoolExecutor(1, "readers")
        self._body_limit: int = app.config["MAX_CONTENT_LENGTH"]
        # Apart, so that pages and pictures keep no prediction waiting.
        self._predictions = Places(app.config["QUEUE_LIMIT"])
        self._visits = Places(app.config["QUEUE_LIMIT"])
        self._time_limit: float = app.config["TIME_LIMIT"]
        self._runner = batching.choose(predictor, self._time_limit)
        self._farewell: bridge.Headers = []  # a header for when the service stops
        # Not os.getppid(): the parent may be gone before the model is loaded.
        self._parent = multiprocessing.parent_process()
        self._reading: dict[asyncio.Task[None] | None, float] = {}  # until when
        prefix = secrets.token_hex(4)
        self._ids = (f"{prefix}-{number:x}" for number in itertools.count(1))

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start what runs beside the requests; Granian calls this once."""
        self._beating = loop.create_task(self._beat())

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Tell what is left to tell; Granian calls this when it stops."""
        self._records.flush()

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Answer one request, and keep a record of it."""
        start = time.perf_counter()
        headers = scope.headers
        request_id = headers.get("x-request-id")
        if request_id is None or not REQUEST_ID.fullmatch(request_id):
            request_id = next(self._ids)
        try:
            reply = await self._reply(scope, headers, proto, request_id)
        except RequestError as error:
            reply = Reply(error.status, JSON, protocol.error(str(error)))
        except BusyError as error:
            reply = Reply(503, RETRY, protocol.error(str(error)))
        except Exception:
            log.exception("failed", extra={"fields": {"request_id": request_id}})
            reply = Reply(500, JSON, protocol.error("The service has failed."))
        answered = [*reply.headers, *self._farewell, ("x-request-id", request_id)]
        proto.response_bytes(reply.status, answered, reply.body)
        seconds = time.perf_counter() - start
        method, path = scope.method, scope.path
        record = Record(time.time(), request_id, method, path, reply.status, seconds)
        self._records.add(record)

    async def _reply(
        self, scope: Scope, headers: Headers, proto: HTTPProtocol, request_id: str
    ) -> Reply:
        if scope.path in UNLIMITED:
            self._records.flush()  # for the metrics
            return await self._flask(scope, b"", request_id, self._operators)
        # Read first: a slow client must not take a place from one that has asked.
        body = await self._read(headers, proto)
        if self._is_hot(scope, headers):
            with self._predictions:
                return Reply(200, JSON, await self._predict(body))
        with self._visits:
            return await self._flask(scope, body, request_id, self._visitors)

    def _is_hot(self, scope: Scope, headers: Headers) -> bool:
        return (
            scope.path == self._hot_path
            and scope.method == "POST"
            and headers.get("content-type") == "application/json"
            and "content-encoding" not in headers
        )

    async def _read(self, headers: Headers, proto: HTTPProtocol) -> bytes:
        """Return the whole body; raise RequestError if it is too large or too slow."""
        length = headers.get("content-length")
        if length is None and "transfer-encoding" not in headers:
            return b""
        if length is not None and int(length) > self._body_limit:
            raise self._too_large()
        task = asyncio.current_task()
        self._reading[task] = time.monotonic() + self._time_limit
        try:
            if length is not None:
                return await proto()
            return await self._read_chunks(proto)
        except asyncio.CancelledError as error:
            raise RequestError("The body came too slowly.", 408) from error
        except ProtocolClosed as error:  # nobody will read this, but it is counted
            raise RequestError("The body broke off.") from error
        finally:
            del self._reading[task]

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
        if len(body) < LARGE:
            query = protocol.parse(body, self._signature)
        else:
            loop = asyncio.get_running_loop()
            query = await loop.run_in_executor(
                self._readers, protocol.parse, body, self._signature
            )
        outputs = await self._runner.predict(query.inputs)
        return protocol.render(outputs, query.by_row)

    async def _flask(
        self, scope: Scope, body: bytes, request_id: str, threads: ThreadPoolExecutor
    ) -> Reply:
        loop = asyncio.get_running_loop()
        application = self._app.wsgi_app
        reply = loop.run_in_executor(
            threads, bridge.call, application, scope, body, request_id
        )
        try:
            async with asyncio.timeout(self._time_limit):
                return await reply
        except TimeoutError as error:
            raise BusyError("There was no time; try again in a second.") from error

    async def _beat(self) -> None:
        """Do at intervals what would cost too much to do for every request."""
        draining.take_signals()
        while True:
            try:
                self._look_around()
            except Exception:
                log.exception("failed between requests")
            await asyncio.sleep(BEAT_SECONDS)

    def _look_around(self) -> None:
        for task, deadline in list(self._reading.items()):
            if task and deadline < time.monotonic():
                task.cancel()
        metrics.IN_FLIGHT.set(self._predictions.taken + self._visits.taken)
        if draining.has_begun():
            self._farewell = [("connection", "close")]
        self._records.flush()
        if self._parent and os.getppid() != self._parent.pid:
            signal.raise_signal(signal.SIGTERM)  # killed; nobody else would
