"""How fast the generated Flask service is, against other ways to serve the same model.

    benchmarks/serving.py PROJECT [--python PY] [--competitors-python PY]

PROJECT is a generated and exported Keras project with the Flask target. All servers
run at once, one process each, and `wrk` asks each in turn for some seconds, round after
round: machines are noisy, and only the ratios of neighbouring rounds mean something.
Writes a table (serving.md), the figures (serving.json) and a plot (serving.png).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COMPETITORS = HERE / "competitors"
OURS = "this service"
BARE = "bare WSGI"
NEEDED = "fastapi uvicorn[standard] litserve bentoml gunicorn granian"

# Requests per second of this service, divided by those of the other.
TARGETS = {
    "FastAPI, uvicorn[standard]": 4,
    "FastAPI, uvicorn": 4,
    "LitServe": 8,
    "BentoML": 12,
    "tutorial: model.predict, gunicorn": 200,
    BARE: 0.75,
    "TensorFlow Serving": 1,
}


@dataclass
class Server:
    """A way to serve the model: how to start it, and what was measured."""

    name: str
    command: list[str]
    path: str = "/predict"
    port: int = 0
    requests: list[float] = field(default_factory=list)  # a second, by round
    percentiles: list[float] = field(default_factory=list)  # 99th, milliseconds
    processor: list[float] = field(default_factory=list)  # microseconds a request
    process: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"


def servers(options: argparse.Namespace, model: str) -> list[Server]:
    """Return what there is to compare, the slowest last."""
    project, other = options.python, options.competitors_python
    granian = [other, "-m", "granian", "--interface", "wsgi", "--no-log", "--port"]
    threads = ["--blocking-threads", "1"]
    package = options.project.name.replace("-", "_")
    service = [project, "-m", f"{package}.serve", "--port", "PORT"]
    uvicorn = [other, "-m", "uvicorn", "--port", "PORT", "--log-level", "warning"]
    plain = ["--loop", "asyncio", "--http", "h11"]
    found = [
        Server(OURS, service, f"/v1/models/{model}:predict"),
        Server(
            "bare WSGI, no model", [*granian, "PORT", *threads, "bare:without_model"]
        ),
        Server(BARE, [*granian, "PORT", *threads, "bare:with_model"]),
        # What comes with uvicorn[standard], and what comes with uvicorn alone.
        Server("FastAPI, uvicorn[standard]", [*uvicorn, "fastapi_app:app"]),
        Server("FastAPI, uvicorn", [*uvicorn, *plain, "fastapi_app:app"]),
        Server("LitServe", [other, str(COMPETITORS / "litserve_app.py"), "PORT"]),
        Server(
            "BentoML",
            [other, "-m", "bentoml", "serve", "bentoml_app:Digits", "--port", "PORT"],
        ),
        Server(
            "tutorial: model.predict, gunicorn",
            [project, "-m", "gunicorn", "-b", "127.0.0.1:PORT", "tutorial:app"],
        ),
    ]
    if binary := shutil.which("tensorflow_model_server"):
        saved_model = f"--model_base_path={options.saved_model}"
        serving = [binary, "--rest_api_port=PORT", f"--model_name={model}", saved_model]
        path = f"/v1/models/{model}:predict"
        found.append(Server("TensorFlow Serving", serving, path))
    return [
        server for server in found if not options.only or server.name in options.only
    ]


@contextlib.contextmanager
def started(server: Server, project: Path, folder: Path) -> Iterator[None]:
    """Run a server until the end of the block."""
    server.port = free_port()
    command = [part.replace("PORT", str(server.port)) for part in server.command]
    environment = {
        **os.environ,
        "MODEL": str(project / "artifacts/model.onnx"),
        "KERAS_MODEL": str(project / "models/model.keras"),
        "PYTHONPATH": f"{COMPETITORS}:{project}",
        "FLASK_WORKERS": "1",
        "BENTOML_DO_NOT_TRACK": "true",
        "BENTOML_HOME": str(folder / "bentoml"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    with (folder / f"{server.port}.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=COMPETITORS,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,  # so that its workers can be stopped with it
        )
        server.process = process.pid
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_up(server: Server, body: bytes, seconds: float = 90) -> None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(server.url, body, headers)  # noqa: S310 (ours)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
            return
        time.sleep(0.5)
    sys.exit(f"error: {server.name} does not answer; are {NEEDED} installed?")


def ask(server: Server, script: Path, duration: str) -> tuple[float, float]:
    """Return requests a second, and the 99th percentile in milliseconds."""
    command = ["wrk", "-t1", "-c16", "--latency", "--timeout", "20s", "-d", duration]
    done = subprocess.run(
        [*command, "-s", str(script), server.url],
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    if "Non-2xx" in said or not rate or not late or float(rate[1]) == 0:
        raise RuntimeError(f"{server.name}: {said}{done.stderr}")
    return float(rate[1]), float(late[1]) * {"us": 0.001, "ms": 1, "s": 1000}[late[2]]


def question(project: Path) -> bytes:
    """Return one real example in row format."""
    golden = json.loads((project / "artifacts/golden.json").read_text("utf-8"))
    return json.dumps({"instances": golden["inputs"]["image"][:1]}).encode()


def wrk_script(body: bytes, folder: Path) -> Path:
    """Write what wrk sends."""
    script = folder / "post.lua"
    script.write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        f"wrk.body = '{body.decode()}'\n"
    )
    return script


def measure(found: list[Server], options: argparse.Namespace) -> None:
    """Fill in what each server does, round after round."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        body = question(options.project)
        script = wrk_script(body, folder)
        for server in found:
            print(f"starting {server.name}", file=sys.stderr)
            stack.enter_context(started(server, options.project, folder))
        for server in found:
            wait_until_up(server, body)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            for server in found:
                before = processor_seconds(server.process)
                rate, late = ask(server, script, f"{options.seconds}s")
                used = processor_seconds(server.process) - before
                server.requests.append(rate)
                server.percentiles.append(late)
                server.processor.append(used / (rate * options.seconds) * 1e6)


def processor_seconds(session: int) -> float:
    """Return what the processes of a session have used; 0 where /proc is not."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = file.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def ratio(ours: Server, other: Server) -> float:
    """Return the median, over the rounds, of our rate divided by the other's."""
    pairs = zip(ours.requests, other.requests, strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)


def report(found: list[Server], folder: Path) -> None:
    """Write the figures, the table and the plot."""
    ours = found[0]
    figures = [
        {
            "server": server.name,
            "requests_per_second": statistics.median(server.requests),
            "milliseconds_99": statistics.median(server.percentiles),
            "processor_microseconds": statistics.median(server.processor),
            "ratio": ratio(ours, server),
            "target": TARGETS.get(server.name),
            "rounds": server.requests,
        }
        for server in found
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "serving.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    lines = [
        "| server | requests/s | 99th percentile | processor time a request "
        "| this service's ratio | to reach |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in figures:
        target = row["target"] or ""
        lines.append(
            f"| {row['server']} | {row['requests_per_second']:.0f} "
            f"| {row['milliseconds_99']:.1f} ms "
            f"| {row['processor_microseconds']:.0f} µs "
            f"| {row['ratio']:.2f} | {target} |"
        )
    table = "\n".join(lines) + "\n"
    (folder / "serving.md").write_text(table, "utf-8")
    print(table)
    plot(figures, folder / "serving.png")


def readable(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def plot(figures: list[dict[str, Any]], file: Path) -> None:
    from matplotlib.figure import Figure

    names = [row["server"] for row in figures]
    colors = ["#2557c7" if name == OURS else "#9aa3b5" for name in names]
    figure = Figure(figsize=(10, 4), layout="constrained")
    rates, late = figure.subplots(1, 2, sharey=True)
    for axes, key, title in (
        (rates, "requests_per_second", "Requests per second (more is better)"),
        (late, "milliseconds_99", "99th percentile, ms (less is better)"),
    ):
        bars = axes.barh(names, [row[key] for row in figures], color=colors)
        axes.bar_label(bars, fmt=readable, padding=3)
        axes.set_xscale("log")
        axes.set_title(title, fontsize=10)
        axes.margins(x=0.2)
        axes.spines[["top", "right"]].set_visible(False)
    rates.invert_yaxis()
    figure.savefig(file, dpi=120)


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("project", type=Path)
    parser.add_argument("--python", default=sys.executable, help="the project's")
    parser.add_argument(
        "--competitors-python", default=sys.executable, help=f"with {NEEDED}"
    )
    parser.add_argument("--saved-model", help="for tensorflow_model_server, if any")
    parser.add_argument("--seconds", type=int, default=3, help="of one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", help="a server's name; repeatable")
    parser.add_argument("--output", type=Path, default=HERE / "results")
    options = parser.parse_args()
    options.project = options.project.resolve()
    signature = options.project / "artifacts/signature.json"
    if shutil.which("wrk") is None:
        sys.exit("error: install wrk (Debian: wrk).")
    if not signature.is_file():
        sys.exit(f"error: {signature} is missing: export the project first.")
    found = servers(options, json.loads(signature.read_text("utf-8"))["name"])
    measure(found, options)
    report(found, options.output)


if __name__ == "__main__":
    main()
