"""Logs for programs: one JSON object a line, on standard error."""

import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

import orjson


class JsonFormatter(logging.Formatter):
    """Every record as one line of JSON, with what `extra={"fields": {...}}` adds."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, Any] = {
            "time": timestamp(record.created),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(fields, default=str).decode()


def configure(level: str) -> None:
    """Send everything that is logged from here on through the formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


class RequestLog:
    """A line for each request, written many at a time.

    A record of `logging` takes as long as a whole small prediction.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._entries: list[tuple[float, dict[str, Any]]] = []

    def add(self, fields: dict[str, Any]) -> None:
        """Keep an entry until the next flush."""
        self._entries.append((time.time(), fields))

    def flush(self) -> None:
        """Write all entries."""
        entries, self._entries = self._entries, []
        lines = [
            orjson.dumps({"time": timestamp(when), "message": "request", **fields})
            for when, fields in entries
        ]
        sys.stderr.write(b"".join(line + b"\n" for line in lines).decode())
        sys.stderr.flush()


def timestamp(seconds: float) -> str:
    """Return a time of the clock in ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
