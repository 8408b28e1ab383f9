"""How fast the generated Flask service is, against other ways to serve the same model.

    benchmarks/serving.py PROJECT [--python PY] [--competitors-python PY]

PROJECT is a generated and exported Keras project with the Flask target. All servers
run at once, one process each, and `wrk` asks each in turn for some seconds, round after
round: machines are noisy, and only the ratios of neighbouring rounds mean something.
Writes the figures (serving.json), and from them a page (serving.md) and a plot
(serving.png), into docs/ by default.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import platform
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
DOCS = HERE.parent / "docs"
OURS = "this service"
BARE, BARE_RSGI, BARE_NO_MODEL = "bare WSGI", "bare RSGI", "bare WSGI, no model"
CEILINGS = (BARE, BARE_RSGI, BARE_NO_MODEL)
NEEDED = (
    *("fastapi[standard]", "litserve", "bentoml"),
    *("granian[uvloop]", "onnxruntime", "orjson"),
)
CLIENTS = 16  # of wrk, each on a connection of its own

# Requests per second of this service, divided by those of the other.
TARGETS = {
    "FastAPI": 4,
    "LitServe": 8,
    "BentoML": 12,
    "tutorial": 200,
    BARE: 0.75,
    "TensorFlow Serving": 1,
}
ABOUT = {
    OURS: "the generated project, with its checks, limits, metrics and logs",
    BARE: "Granian and a WSGI callable with the model, without any of those: a ceiling",
    BARE_RSGI: "the same on Granian's own interface, which the service uses as well",
    BARE_NO_MODEL: "bare WSGI with a constant answer",
    "FastAPI": "`fastapi[standard]`, a Pydantic model, a `def` view, `uvicorn app:app`",
    "FastAPI, async def": "the same; the model's run holds up the event loop",
    "LitServe": "one worker",
    "BentoML": "one worker",
    "tutorial": "Flask under gunicorn, `model.predict` of Keras in the view",
    "TensorFlow Serving": "`tensorflow_model_server`, REST",
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
    """Return what there is to compare, this service first."""
    project, other = options.python, options.competitors_python
    granian = [other, "-m", "granian", "--no-log", "--port", "PORT"]
    rsgi = [*granian, "--interface", "rsgi"]
    wsgi = [*granian, "--interface", "wsgi", "--blocking-threads", "1"]
    package = options.project.name.replace("-", "_")
    service = [project, "-m", f"{package}.serve", "--port", "PORT"]
    uvicorn = [other, "-m", "uvicorn", "fastapi_app:app", "--port", "PORT"]
    bento = [other, "-m", "bentoml", "serve", "bentoml_app:Digits", "--port", "PORT"]
    gunicorn = [project, "-m", "gunicorn", "-b", "127.0.0.1:PORT", "tutorial:app"]
    found = [
        Server(OURS, service, f"/v1/models/{model}:predict"),
        Server("FastAPI", uvicorn),
        Server("FastAPI, async def", uvicorn, "/predict-async"),
        Server("LitServe", [other, str(COMPETITORS / "litserve_app.py"), "PORT"]),
        Server("BentoML", bento),
        Server("tutorial", gunicorn),
        Server(BARE, [*wsgi, "bare:with_model"]),
        Server(BARE_RSGI, [*rsgi, "bare:RSGI"]),
        Server(BARE_NO_MODEL, [*wsgi, "bare:without_model"]),
    ]
    if binary := shutil.which("tensorflow_model_server"):
        saved_model = f"--model_base_path={options.saved_model}"
        serving = [binary, "--rest_api_port=PORT", f"--model_name={model}", saved_model]
        path = f"/v1/models/{model}:predict"
        found.append(Server("TensorFlow Serving", serving, path))
    return found


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
    sys.exit(
        f"error: {server.name} does not answer; are {', '.join(NEEDED)} installed?"
    )


def ask(server: Server, script: Path, duration: str) -> tuple[float, float]:
    """Return requests a second, and the 99th percentile in milliseconds."""
    command = ["wrk", "-t1", f"-c{CLIENTS}", "--latency", "--timeout", "20s"]
    command += ["-d", duration]
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


def processor_seconds(process: int) -> float:
    """Return what a process and its descendants have used; 0 where /proc is not."""
    with contextlib.suppress(OSError):
        folder = Path(f"/proc/{process}")
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        files = folder.glob("task/*/children")
        children = [int(pid) for file in files for pid in file.read_text().split()]
        own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return own + sum(map(processor_seconds, children))
    return 0.0


def results(found: list[Server], options: argparse.Namespace) -> dict[str, Any]:
    """Return everything that was measured, and where."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "versions": versions(options.competitors_python),
        "rounds": options.rounds,
        "seconds": options.seconds,
        "clients": CLIENTS,
        "servers": {
            server.name: {
                "requests_per_second": server.requests,
                "milliseconds_99": server.percentiles,
                "processor_microseconds": server.processor,
            }
            for server in found
        },
    }


def versions(python: str) -> dict[str, str]:
    """Return the versions of what is compared with."""
    names = [name.partition("[")[0] for name in (*NEEDED, "uvicorn")]
    script = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"
    command = [python, "-c", script, *names]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(zip(names, said.split(), strict=True))


def ratio(measured: dict[str, Any], other: str) -> float:
    """Return the median, over the rounds, of our rate divided by the other's."""
    rates = [measured["servers"][name]["requests_per_second"] for name in (OURS, other)]
    return statistics.median(mine / theirs for mine, theirs in zip(*rates, strict=True))


def median(measured: dict[str, Any], name: str, figure: str) -> float:
    return statistics.median(measured["servers"][name][figure])


def page(measured: dict[str, Any]) -> str:
    """Return the page that shows the figures, in Markdown."""
    used = ", ".join(f"{name} {what}" for name, what in measured["versions"].items())
    lines = [
        "# The Flask service beside other ways to serve the same model",
        "",
        "<!-- Written by benchmarks/serving.py from serving.json; do not edit. -->",
        "",
        "The same small ONNX model, one server process each, one real example a",
        f"request as JSON, {measured['clients']} clients of `wrk` on the same machine:",
        f"{measured['machine']}, Python {measured['python']}, {measured['date']}.",
        f"{measured['rounds']} rounds of {measured['seconds']} s, in which the servers",
        "take turns; a ratio is the median over the rounds of this service's requests",
        "per second divided by the other's. Servers run with their defaults, logs",
        f"included. {used}.",
        "",
        "![Requests per second and 99th percentile](serving.png)",
        "",
        "| server | requests/s | 99th percentile | processor time a request "
        "| ratio | to reach |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [row(measured, name) for name in measured["servers"]]
    lines += ["", *verdict(measured), ""]
    lines += [f"- **{name}**: {ABOUT[name]}." for name in measured["servers"]]
    missing = sorted(TARGETS.keys() - measured["servers"].keys())
    lines += [f"- **{name}** was not installed here." for name in missing]
    lines += ["", "To measure again: `python benchmarks/serving.py --help`", ""]
    return "\n".join(lines)


def row(measured: dict[str, Any], name: str) -> str:
    target = TARGETS.get(name)
    reached = ratio(measured, name)
    wanted = f"{target}{'' if reached >= target else ', missed'}" if target else ""
    return (
        f"| {name} | {median(measured, name, 'requests_per_second'):,.0f} "
        f"| {median(measured, name, 'milliseconds_99'):.1f} ms "
        f"| {median(measured, name, 'processor_microseconds'):.0f} µs "
        f"| {reached:.2f} | {wanted} |"
    )


def verdict(measured: dict[str, Any]) -> list[str]:
    """Return who has the lowest 99th percentile, ceilings aside."""
    services = [name for name in measured["servers"] if name not in CEILINGS]
    late = {name: median(measured, name, "milliseconds_99") for name in services}
    best = min(late, key=late.__getitem__)
    return [f"The lowest 99th percentile, ceilings aside: {best}, {late[best]:.1f} ms."]


def report(measured: dict[str, Any], folder: Path) -> None:
    """Write the figures, the page and the plot."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = json.dumps(measured, indent=2) + "\n"
    (folder / "serving.json").write_text(figures, "utf-8")
    (folder / "serving.md").write_text(page(measured), "utf-8")
    plot(measured, folder / "serving.png")
    print(page(measured))


def readable(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def plot(measured: dict[str, Any], file: Path) -> None:
    from matplotlib.figure import Figure

    names = list(measured["servers"])
    colors = ["#2557c7" if name == OURS else "#9aa3b5" for name in names]
    figure = Figure(figsize=(10, 4), layout="constrained")
    rates, late = figure.subplots(1, 2, sharey=True)
    for axes, key, title in (
        (rates, "requests_per_second", "Requests per second (more is better)"),
        (late, "milliseconds_99", "99th percentile, ms (less is better)"),
    ):
        values = [median(measured, name, key) for name in names]
        bars = axes.barh(names, values, color=colors)
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
        "--competitors-python", default=sys.executable, help=f"with {' '.join(NEEDED)}"
    )
    parser.add_argument("--saved-model", help="for tensorflow_model_server, if any")
    parser.add_argument("--seconds", type=int, default=3, help="of one round")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--output", type=Path, default=DOCS)
    options = parser.parse_args()
    options.project = options.project.resolve()
    signature = options.project / "artifacts/signature.json"
    if shutil.which("wrk") is None:
        sys.exit("error: install wrk (Debian: wrk).")
    if not signature.is_file():
        sys.exit(f"error: {signature} is missing: export the project first.")
    found = servers(options, json.loads(signature.read_text("utf-8"))["name"])
    measure(found, options)
    report(results(found, options), options.output)


if __name__ == "__main__":
    main()
