"""Limits of requests: how many at a time, and how large and how slow their bodies."""

import asyncio
import time

# Public names, which Granian's type hints do not export explicitly.
from granian.rsgi import (  # type: ignore[attr-defined]
    Headers,
    HTTPProtocol,
    ProtocolClosed,
)

from ..payloads import RequestError


class BusyError(Exception):
    """The service cannot take the request now; the client may retry."""


class ConcurrencyLimit:
    """A number of requests at a time; a context manager for each of them."""

    def __init__(self, limit: int) -> None:
        """Start without requests."""
        self._limit = limit
        self.in_flight = 0

    def __enter__(self) -> None:
        """Count a request; raise BusyError if there are too many."""
        if self.in_flight >= self._limit:
            raise BusyError("Too many requests are waiting; retry in a second.")
        self.in_flight += 1

    def __exit__(self, *_: object) -> None:
        """Count it no longer."""
        self.in_flight -= 1


class BodyReader:
    """Reads bodies up to a size, and up to a time that `cancel_overdue` enforces."""

    def __init__(self, limit: int, seconds: float) -> None:
        """Set the largest size in bytes, and the seconds that a body may take."""
        self._limit = limit
        self._seconds = seconds
        self._deadlines: dict[asyncio.Task[None] | None, float] = {}

    async def read(self, headers: Headers, proto: HTTPProtocol) -> bytes:
        """Return the whole body; raise RequestError if it is too large or too slow."""
        length = headers.get("content-length")
        if length is None and "transfer-encoding" not in headers:
            return b""
        if length is not None and int(length) > self._limit:
            raise self._too_large()
        task = asyncio.current_task()
        self._deadlines[task] = time.monotonic() + self._seconds
        try:
            if length is not None:
                return await proto()
            return await self._read_chunks(proto)
        except asyncio.CancelledError as error:
            raise RequestError("The body came too slowly.", 408) from error
        except ProtocolClosed as error:  # the response is only counted
            raise RequestError("The connection closed within the body.") from error
        finally:
            del self._deadlines[task]

    async def _read_chunks(self, proto: HTTPProtocol) -> bytes:
        body = bytearray()
        async for chunk in proto:
            body += chunk
            if len(body) > self._limit:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> RequestError:
        return RequestError(f"Send at most {self._limit} bytes.", 413)

    def cancel_overdue(self) -> None:
        """Cancel the bodies whose time is up: cheaper than a timer for each."""
        for task, deadline in list(self._deadlines.items()):
            if task and deadline < time.monotonic():
                task.cancel()
