"""Logs for programs: one JSON object a line, on standard error."""

import contextlib
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import has_request_context, request


class JsonFormatter(logging.Formatter):
    """Every record as one line of JSON, with what `extra={"fields": {...}}` adds."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if has_request_context():
            fields["request_id"] = request.headers.get("X-Request-Id")
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(fields, default=str).decode()


# What Granian itself says goes the same way.
GRANIAN: dict[str, Any] = {
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {
        name: {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
        for name in ("console", "access")
    },
}


def configure(level: str) -> None:
    """Send everything that is logged from here on through the formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)


class RequestLog:
    """A line for each request, written many at a time.

    A record of `logging` takes as long as a whole small prediction. Lines are made one
    by one, as making them all at once would keep the next requests waiting.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._lines = bytearray()

    def add(self, fields: dict[str, Any]) -> None:
        """Keep a line until the next flush."""
        entry = {"time": datetime.now(UTC), "message": "request", **fields}
        self._lines += orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE)

    def flush(self) -> None:
        """Write all lines."""
        lines, self._lines = self._lines, bytearray()
        with contextlib.suppress(OSError):  # nobody reads them, or the disk is full
            sys.stderr.write(lines.decode())
            sys.stderr.flush()
