"""Metrics and log lines of answered requests.

They are written for many requests at a time: code that runs in a row stays in the
processor's cache, and would not between two predictions.
"""

import contextlib
import functools
import sys
from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from .. import metrics

ROW = 64  # more at once would delay the next requests


class Record(NamedTuple):
    """An answered request."""

    time: float  # of the response, in seconds since 1970
    request_id: str
    method: str
    path: str
    status: int
    seconds: float  # that it took


class Telemetry:
    """The requests that are not counted yet, and the log lines to be written."""

    def __init__(self, routes: set[str], logged: bool) -> None:
        """Start empty; the metrics distinguish these routes, and no others."""
        self._routes = routes
        self._logged = logged
        self._records: list[Record] = []
        self._lines = bytearray()
        self._seconds = functools.cache(metrics.SECONDS.labels)

    def add(self, record: Record) -> None:
        """Keep a request for later."""
        self._records.append(record)
        if len(self._records) == ROW:
            self._process()

    def flush(self) -> None:
        """Count all requests, and write a line of JSON on standard error for each."""
        self._process()
        lines, self._lines = self._lines, bytearray()
        with contextlib.suppress(OSError):  # a closed pipe, or a full disk
            sys.stderr.write(lines.decode())
            sys.stderr.flush()

    def _process(self) -> None:
        records, self._records = self._records, []
        for record in records:
            route = record.path if record.path in self._routes else "other"
            self._seconds(route, record.status).observe(record.seconds)
        if self._logged:
            for record in records:
                self._lines += _line(record)


def _line(record: Record) -> bytes:
    # A record of `logging` would take as long as a whole small prediction.
    fields = {**record._asdict(), "message": "request"}
    fields["time"] = datetime.fromtimestamp(record.time, UTC)
    fields["seconds"] = round(record.seconds, 6)
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)
