"""A bounded load on a server of this machine, by asyncio over plain sockets."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Outcome:
    """What became of the requests: seconds by status; 0 stands for no answer."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    retry_after: set[str] = field(default_factory=set)

    def count(self, status: int) -> int:
        return len(self.seconds.get(status, []))

    def percentile(self, status: int, share: float) -> float:
        times = sorted(self.seconds[status])
        return times[min(len(times) - 1, int(len(times) * share))]

    def add(self, status: int, seconds: float) -> None:
        self.seconds.setdefault(status, []).append(seconds)


class Connection:
    """One client, over one connection that is opened again where the server ends it."""

    def __init__(self, url: str, body: bytes) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.request = head.encode() + body
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, outcome: Outcome) -> int:
        start = time.monotonic()
        try:
            status = await asyncio.wait_for(self._exchange(outcome), 30)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            status = 0
            self.close()
        outcome.add(status, time.monotonic() - start)
        return status

    async def _exchange(self, outcome: Outcome) -> int:
        if self.streams and self.streams[0].at_eof():  # it was idle for too long
            self.close()
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        writer.write(self.request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(fields["content-length"]))
        if "retry-after" in fields:
            outcome.retry_after.add(fields["retry-after"])
        if fields.get("connection") == "close":
            self.close()
        return int(head.split()[1])

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].transport.abort()
            self.streams = None


async def closed_loop(
    url: str, body: bytes, clients: int, stop: asyncio.Event
) -> Outcome:
    """Each client sends a request as soon as the last is answered, until stopped."""
    outcome = Outcome()

    async def client() -> None:
        connection = Connection(url, body)
        while not stop.is_set():
            await connection.ask(outcome)
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return outcome


async def open_loop(url: str, body: bytes, rate: float, seconds: float) -> Outcome:
    """Requests come at a fixed rate, however slow the answers are."""
    outcome = Outcome()
    free: list[Connection] = []

    async def request() -> None:
        connection = free.pop() if free else Connection(url, body)
        await connection.ask(outcome)
        free.append(connection)

    start = time.monotonic()
    tasks = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, start + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(request()))
    await asyncio.gather(*tasks)
    for connection in free:
        connection.close()
    return outcome


async def stop_after(stop: asyncio.Event, seconds: float) -> None:
    await asyncio.sleep(seconds)
    stop.set()
