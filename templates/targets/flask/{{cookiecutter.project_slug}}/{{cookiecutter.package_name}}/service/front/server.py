"""Receives the requests: reads, limits and counts them, and gets their responses."""

import asyncio
import gc
import itertools
import logging
import multiprocessing
import os
import re
import secrets
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from granian.rsgi import Headers, HTTPProtocol, Scope  # type: ignore[attr-defined]

from ...contract import ContractError
from .. import config, logs, metrics, payloads, protocol
from ..app import create_app
from ..payloads import RequestError
from ..predictor import Predictor
from . import batching, draining, fast_path, wsgi
from .limits import BodyReader, BusyError, ConcurrencyLimit
from .telemetry import Record, Telemetry
from .wsgi import Reply

JSON = [("content-type", "application/json")]
RETRY = [*JSON, ("retry-after", "1")]
REQUEST_ID = re.compile(r"[\w.-]{1,64}")

# Answered however many requests wait, so that a busy service does not look dead.
UNLIMITED = {"/healthz", "/readyz", "/metrics"}
INTERVAL_SECONDS = 0.2
LARGE = 50_000  # bytes of a body that takes too long to parse in the event loop

log = logging.getLogger(__name__)


def create_front() -> "Front":
    """Return the application with its front, as Granian runs it in each worker."""
    try:
        logs.configure(config.load()["LOG_LEVEL"])
        app = create_app()
    except (config.ConfigError, ContractError) as error:
        sys.exit(f"error: {error}")
    front = Front(app, app.extensions["predictor"])
    gc.freeze()  # all this stays; collecting it takes longer than many predictions
    return front


class Front:
    """An RSGI application around the Flask application."""

    def __init__(self, app: Flask, predictor: Predictor) -> None:
        """Take limits from the application's configuration."""
        self._app = app
        self._signature = predictor.signature
        self._predict_path = f"/v1/models/{predictor.signature.name}:predict"
        obstacles = fast_path.obstacles(app, self._predict_path)
        self._has_fast_path = not obstacles
        if obstacles:
            fields = {"because_of": obstacles}
            log.warning("Flask answers all requests", extra={"fields": fields})
        routes = {rule.rule for rule in app.url_map.iter_rules()}
        self._telemetry = Telemetry(routes, log.isEnabledFor(logging.INFO))
        # One thread each: a model that uses all processors leaves none for more.
        self._probe_thread = ThreadPoolExecutor(1, "probes")
        self._flask_thread = ThreadPoolExecutor(1, "flask")
        self._parser_thread = ThreadPoolExecutor(1, "parser")
        # Separate limits, so that pages and pictures do not delay predictions.
        self._predictions = ConcurrencyLimit(app.config["QUEUE_LIMIT"])
        self._others = ConcurrencyLimit(app.config["QUEUE_LIMIT"])
        self._seconds: float = app.config["TIME_LIMIT"]
        self._bodies = BodyReader(app.config["MAX_CONTENT_LENGTH"], self._seconds)
        self._batcher = batching.choose(predictor, self._seconds)
        self._closing: wsgi.Headers = []  # a further header while the service stops
        # Not os.getppid(): the parent may be gone before the model is loaded.
        self._parent = multiprocessing.parent_process()
        prefix = secrets.token_hex(4)
        self._ids = (f"{prefix}-{number:x}" for number in itertools.count(1))

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start what runs beside the requests; Granian calls this once."""
        self._housekeeping = loop.create_task(self._keep_house())

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Write the last log lines; Granian calls this when it stops."""
        self._telemetry.flush()

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Answer one request, and record it."""
        start = time.perf_counter()
        headers = scope.headers
        request_id = headers.get("x-request-id")
        if request_id is None or not REQUEST_ID.fullmatch(request_id):
            request_id = next(self._ids)
        try:
            reply = await self._reply(scope, headers, proto, request_id)
        except RequestError as error:
            reply = Reply(error.status, JSON, payloads.error(str(error)))
        except BusyError as error:
            reply = Reply(503, RETRY, payloads.error(str(error)))
        except Exception:
            log.exception("failed", extra={"fields": {"request_id": request_id}})
            reply = Reply(500, JSON, payloads.error("The service has failed."))
        sent = [*reply.headers, *self._closing, ("x-request-id", request_id)]
        proto.response_bytes(reply.status, sent, reply.body)
        seconds = time.perf_counter() - start
        method, path = scope.method, scope.path
        record = Record(time.time(), request_id, method, path, reply.status, seconds)
        self._telemetry.add(record)

    async def _reply(
        self, scope: Scope, headers: Headers, proto: HTTPProtocol, request_id: str
    ) -> Reply:
        if scope.path in UNLIMITED:
            if scope.path == "/readyz" and draining.has_begun():
                return Reply(503, JSON, payloads.error("The service is stopping."))
            self._telemetry.flush()  # for the metrics
            return await self._flask(scope, b"", request_id, self._probe_thread)
        # Read first: a slow client must not count against the limit of predictions.
        body = await self._bodies.read(headers, proto)
        if self._takes_fast_path(scope, headers):
            with self._predictions:
                return Reply(200, JSON, await self._predict(body))
        with self._others:
            return await self._flask(scope, body, request_id, self._flask_thread)

    def _takes_fast_path(self, scope: Scope, headers: Headers) -> bool:
        return (
            self._has_fast_path
            and scope.path == self._predict_path
            and scope.method == "POST"
            and headers.get("content-type") == "application/json"
            and "content-encoding" not in headers
        )

    async def _predict(self, body: bytes) -> bytes:
        if len(body) < LARGE:
            query = protocol.parse(body, self._signature)
        else:
            loop = asyncio.get_running_loop()
            query = await loop.run_in_executor(
                self._parser_thread, protocol.parse, body, self._signature
            )
        outputs = await self._batcher.predict(query.inputs)
        return protocol.render(outputs, query.by_row)

    async def _flask(
        self, scope: Scope, body: bytes, request_id: str, thread: ThreadPoolExecutor
    ) -> Reply:
        loop = asyncio.get_running_loop()
        application = self._app.wsgi_app
        reply = loop.run_in_executor(
            thread, wsgi.call, application, scope, body, request_id
        )
        try:
            async with asyncio.timeout(self._seconds):
                return await reply
        except TimeoutError as error:
            raise BusyError("There was no time; retry in a second.") from error

    async def _keep_house(self) -> None:
        """Do at intervals what would cost too much to do for every request."""
        draining.take_signals()
        while True:
            try:
                self._bodies.cancel_overdue()
                self._telemetry.flush()
                in_flight = self._predictions.in_flight + self._others.in_flight
                metrics.IN_FLIGHT.set(in_flight)
                if draining.has_begun():
                    self._closing = [("connection", "close")]
                if self._parent and os.getppid() != self._parent.pid:
                    signal.raise_signal(signal.SIGTERM)  # the parent was killed
            except Exception:
                log.exception("failed between requests")
            await asyncio.sleep(INTERVAL_SECONDS)
