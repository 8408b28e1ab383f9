"""Send recorded requests to a server, and compare its answers with the recordings."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import math
import re
import socket
import sys
from pathlib import Path
from typing import Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RECORDINGS = Path(__file__).parent / "recordings"
RELATIVE, ABSOLUTE = 1e-5, 1e-6


class Answer(NamedTuple):
    """What came back."""

    status: int
    content_type: str
    body: bytes


def load(name: str) -> list[dict[str, Any]]:
    """Return the entries of one file of recordings."""
    entries: list[dict[str, Any]] = json.loads(
        (RECORDINGS / f"{name}.json").read_text("utf-8")
    )
    return entries


def load_probes() -> list[dict[str, Any]]:
    """Return the requests of probes.toml in the form of recordings."""
    text = (RECORDINGS.parent / "probes.toml").read_text("utf-8")
    return [_recording(probe) for probe in tomllib.loads(text)["probe"]]


def _recording(probe: dict[str, Any]) -> dict[str, Any]:
    request = {
        "method": probe.get("method", "POST"),
        "path": probe["path"],
        "version": probe.get("version", "HTTP/1.1"),
        "headers": [["Host", "x"], ["Content-Length", ""], *probe.get("headers", [])],
        **{key: value for key, value in probe.items() if key.startswith("body")},
    }
    body = json.dumps({"error": probe["error"]}) if "error" in probe else ""
    response = {
        "status": probe.get("status", 200 if "value" in probe else 400),
        "content_type": probe.get("content_type", "application/json"),
        "body": probe.get("value", body),
    }
    return {"id": probe["id"], "request": request, "response": response}


def body_of(request: dict[str, Any]) -> bytes:
    """Return a recorded request's body."""
    if "body_b64" in request:
        return base64.b64decode(request["body_b64"])
    if "body_gen" not in request:
        return str(request.get("body", "")).encode()
    generator = request["body_gen"]
    if "gzip_of" in generator:
        return gzip.compress(_generated(generator["gzip_of"]), mtime=0)
    return _generated(generator)


def _generated(generator: dict[str, Any]) -> bytes:
    repeated = generator["sep"].join([generator["repeat"]] * generator["count"])
    repeated += generator.get("closing", "") * generator["count"]
    return f"{generator['prefix']}{repeated}{generator['suffix']}".encode()


def send(port: int, request: dict[str, Any]) -> Answer:
    """Send a recorded request as it was sent, and return the answer."""
    body = body_of(request)
    version = request.get("version", "HTTP/1.1")
    lines = [f"{request['method']} {request['path']} {version}"]
    for name, value in request["headers"]:
        length = name == "Content-Length"
        lines.append(f"{name}: {len(body) if length else value}")
    head = "\r\n".join([*lines, "", ""]).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=300) as connection:
        connection.sendall(head + body)
        answer = http.client.HTTPResponse(connection, method=request["method"])
        answer.begin()
        content_type = answer.getheader("Content-Type", "")
        return Answer(answer.status, content_type, answer.read())


def is_replayed(entry: dict[str, Any]) -> bool:
    """Return whether a recording is of predict, status or metadata requests."""
    method, path = entry["request"]["method"], entry["request"]["path"].lower()
    described = path.startswith("/v1/models") and ":" not in path
    return ":predict" in path or (method == "GET" and described)


def difference(recorded: dict[str, Any], answer: Answer, method: str) -> str:
    """Return how an answer differs from the recorded one; empty if it does not.

    Statuses and values are compared; of an error, that it has a message.
    """
    if answer.status != recorded["status"]:
        return (
            f"status {answer.status}, not {recorded['status']}: {answer.body[:200]!r}"
        )
    if method == "HEAD":
        return ""
    if answer.content_type.partition(";")[0] != "application/json":
        return f"type {answer.content_type}, not JSON"
    if recorded["status"] != 200:
        message = _parsed(answer.body).get("error")
        return "" if message else f"no message in {answer.body[:200]!r}"
    if "body_sha256" in recorded:
        return _long_difference(recorded, answer)
    want = without_messages(_parsed(recorded_body(recorded)))
    got = without_messages(_parsed(answer.body))
    return "" if equal(want, got) else f"{got!r:.300}, not {want!r:.300}"


def without_messages(value: Any) -> Any:
    """Return a status without the wording of its errors."""
    for version in value.get("model_version_status", []):
        version["status"].pop("error_message")
    return value


def _long_difference(recorded: dict[str, Any], answer: Answer) -> str:
    """Compare a long list of numbers by its first and last ones and its length."""
    (values,) = _parsed(answer.body).values()
    head = _numbers(recorded["body_head"])[:-1]  # the last may be cut
    tail = _numbers(recorded["body_tail"])[1:]
    same = equal(head, values[: len(head)]) and equal(tail, values[-len(tail) :])
    text = ", ".join(map(str, values))
    layout = f'{{\n    "predictions": [{text}\n    ]\n}}'
    if same and len(layout) == recorded["body_len"]:
        return ""
    return f"{len(values)} values differ"


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def recorded_body(recorded: dict[str, Any]) -> bytes:
    """Return a recorded answer's body."""
    if "body_b64" in recorded:
        return base64.b64decode(recorded["body_b64"])
    return str(recorded["body"] or "").encode()


def _parsed(body: bytes) -> Any:
    return json.loads(body.decode("utf-8", "surrogateescape"))


def equal(want: Any, got: Any) -> bool:
    """Compare JSON values; numbers within tolerance, keys in any order."""
    if isinstance(want, bool) or isinstance(got, bool):
        return want is got
    if isinstance(want, int | float) and isinstance(got, int | float):
        if math.isnan(want) or math.isnan(got):
            return math.isnan(want) and math.isnan(got)
        return math.isclose(want, got, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    if isinstance(want, list) and isinstance(got, list):
        return len(want) == len(got) and all(map(equal, want, got))
    if isinstance(want, dict) and isinstance(got, dict):
        return want.keys() == got.keys() and all(equal(want[k], got[k]) for k in want)
    return bool(want == got)
