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
import time
from pathlib import Path
from typing import Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RECORDINGS = Path(__file__).parent / "recordings"
RELATIVE, ABSOLUTE = 1e-5, 1e-6
# A value quoted in a message, and the words that follow it.
QUOTED = re.compile(
    r"(JSON Value:|JSON object:) .*?( Type:| Is not| No values| Expecting|"
    r" [Nn]ot formatted| When| to type| keys must| found at|$)",
    re.DOTALL,
)
MODELS = re.compile(rb"/[^\s\"]*/models/latest/")

# Seconds: to wait for an answer in all, and without another byte.
PATIENCE = 20.0
QUIET = 0.5


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


def converse(port: int, writes: list[str], expected: int) -> list[int]:
    """Send text in several writes, and return the statuses of all the answers.

    As many as are expected are waited for, then a little longer for one too many.
    """
    received = b""
    deadline = time.monotonic() + PATIENCE
    with socket.create_connection(("127.0.0.1", port), timeout=QUIET) as connection:
        for write in writes:
            connection.sendall(write.encode("latin-1"))
            time.sleep(0.1)
        while time.monotonic() < deadline:
            try:
                chunk = connection.recv(65536)
            except TimeoutError:
                if len(statuses(received.decode("latin-1"))) >= expected:
                    break
                continue
            except ConnectionResetError:
                break
            if not chunk:
                break
            received += chunk
    return statuses(received.decode("latin-1"))


def statuses(stream: str) -> list[int]:
    """Return the status of each HTTP answer in a stream."""
    return [int(status) for status in re.findall(r"HTTP/1\.[01] (\d{3}) ", stream)]


def difference(recorded: dict[str, Any], answer: Answer, method: str) -> str:
    """Return how an answer differs from the recorded one; empty if it does not."""
    if answer.status != recorded["status"]:
        return (
            f"status {answer.status}, not {recorded['status']}: {answer.body[:200]!r}"
        )
    if method == "HEAD":
        return ""
    kind = (recorded["content_type"] or "").partition(";")[0]
    if answer.content_type.partition(";")[0] != kind:
        return f"type {answer.content_type}, not {kind}"
    if kind != "application/json":
        return ""
    return _json_difference(recorded, answer)


def _json_difference(recorded: dict[str, Any], answer: Answer) -> str:
    if "body_sha256" in recorded:
        return _long_difference(recorded, answer)
    if not recorded_body(recorded):
        return "" if not answer.body else f"body {answer.body[:200]!r}, not empty"
    body = MODELS.sub(b"<models>/models/latest/", answer.body)
    want, got = _parsed(recorded_body(recorded)), _parsed(body)
    if recorded["status"] != 200:
        want, got = error_kind(want["error"]), error_kind(got["error"])
        if want.startswith("computation"):  # TensorFlow's own words, which vary
            return ""
    return "" if equal(want, got) else f"{got!r:.300}, not {want!r:.300}"


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


def error_kind(message: str) -> str:
    """Return what kind of error a message tells of, without what it quotes."""
    if "[[{{" in message or "SignatureDef: " in message or "Signature was: " in message:
        return "computation or signature"
    if message.startswith("JSON Parse error: The document is empty"):
        return message
    if message.startswith("JSON Parse error"):
        return "JSON Parse error"
    return re.sub(r"\s+", " ", QUOTED.sub(r"\1 ...\2", message))


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
