"""Logs for programs: one JSON object per line, on standard error."""

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


# For Granian's own messages.
HANDLER = {
    "class": "logging.StreamHandler",
    "formatter": "json",
    "stream": "ext://sys.stderr",
}
GRANIAN: dict[str, Any] = {
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"console": HANDLER, "access": HANDLER},
}


def configure(level: str) -> None:
    """Write everything that is logged from here on in this format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
