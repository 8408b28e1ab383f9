"""Rows as requests."""

import json
from pathlib import Path

from ..contract import Signature
from ..contract.raw import RawError
from ..contract.rows import to_columns
from .raw import to_request
from .request import ArgumentError, Request

HELP = 'a file with a row as JSON, such as reports/example.json, or {"column": value}'


def read(argument: str, signature: Signature) -> Request:
    """Return the request for a row, or for the row in a file; raises ArgumentError."""
    try:
        is_row = argument.lstrip().startswith("{")
        row = json.loads(argument if is_row else Path(argument).read_text("utf-8"))
        return to_request(to_columns(row, signature.task.preprocessing), signature)
    except OSError as error:
        message = f"cannot read {argument}: {error.strerror}"
        raise ArgumentError(message) from error
    except (ValueError, RecursionError) as error:
        raise ArgumentError(f"the row is not JSON: {error}") from error
    except RawError as error:
        raise ArgumentError(str(error)) from error
