"""How fast the TensorFlow Serving projects answer, and which way of asking is best.

    PY benchmarks/tensorflow_serving.py PROJECT

PROJECT is a generated, trained and exported Keras project for TensorFlow Serving, PY an
interpreter with its requirements, Flask and Pillow. Two questions, each answered by
ratios within a round, with all servers up and asked in turn:

- load: requests per second of the local server, against `model.predict` behind Flask;
- wire: REST by row, by column and with an encoded file, against gRPC, on a small and on
  a large image. The gRPC side is a server of this script on the same loaded model: it
  stands for the protocol's cost, not for TensorFlow Serving's own speed.

Writes docs/tensorflow-serving.json, and from it docs/tensorflow-serving.md and its
picture; `--render` does the latter alone.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import importlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "tensorflow-serving.json"
PICTURE = RESULTS.with_suffix(".png")
PAGE = RESULTS.with_suffix(".md")
NAIVE = Path(__file__).parent / "ways" / "flask_model_predict.py"
CONNECTIONS = (1, 16)
SIZES = {"8x8x3": 8, "224x224x3": 224}
WIRE_SECONDS = 1.0


def main() -> None:
    """Measure, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("project", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--render", action="store_true")
    options = parser.parse_args()
    if not options.render:
        project = Project(options.project.resolve())
        results = {
            "load": under_load(project, options.rounds, options.seconds),
            "wire": on_the_wire(project, options.rounds),
        }
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    render(json.loads(RESULTS.read_text("utf-8")))


class Project:
    """A generated project, whose package this process imports."""

    def __init__(self, path: Path) -> None:
        """Find the package and the exported model."""
        self.path = path
        manifest = json.loads((path / ".dlscaffold.json").read_text("utf-8"))
        self.package = manifest["package"]
        sys.path.insert(0, str(path))
        signature = json.loads((path / "artifacts" / "signature.json").read_text())
        self.name = signature["name"]
        self.model = path / "artifacts" / signature["artifact"]
        golden = json.loads((path / "artifacts" / "golden.json").read_text())
        self.body = json.dumps({"instances": golden["inputs"]["image"][:1]}).encode()

    def module(self, name: str) -> Any:
        """Return a module of the package."""
        return importlib.import_module(f"{self.package}.{name}")


@contextmanager
def serving(command: list[str], project: Project, port: int) -> Iterator[int]:
    """Run a server until the block ends; yields its port once it listens."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=project.path, stdout=quiet, stderr=quiet) as run:
        try:
            wait_for(port)
            yield port
        finally:
            run.terminate()


def local_server(
    project: Project, base_path: Path, name: str, port: int
) -> contextmanager:
    """Return the local server on one folder of versions."""
    config = base_path.parent / f"{base_path.name}.config"
    item = f'name: "{name}" base_path: "{base_path}" model_platform: "tensorflow"'
    config.write_text(f"model_config_list {{ config {{ {item} }} }}", "utf-8")
    flags = [f"--model_config_file={config}", f"--rest_api_port={port}"]
    command = [sys.executable, "-m", f"{project.package}.service.local_server", *flags]
    return serving(command, project, port)


def wait_for(port: int) -> None:
    """Return once something listens."""
    for _ in range(600):
        try:
            connect(port).connect()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}")


def connect(port: int) -> http.client.HTTPConnection:
    """Return a connection to a port of this machine."""
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def post(connection: http.client.HTTPConnection, url: str, body: bytes) -> bytes:
    """Return the answer to a request that has to succeed."""
    try:
        connection.request("POST", url, body)
        answer = connection.getresponse()
    except (ConnectionError, http.client.RemoteDisconnected):  # idle for too long
        connection.close()
        connection.request("POST", url, body)
        answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{url}: {answer.status} {content[:200]!r}")
    return content


def timed(call: Callable[[], object]) -> float:
    """Return the milliseconds that a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def under_load(project: Project, rounds: int, seconds: float) -> list[dict[str, Any]]:
    """Return requests per second and the 99th percentile, round by round."""
    url = f"/v1/models/{project.name}:predict"
    naive = [sys.executable, str(NAIVE), "18701"]
    measured = []
    with ExitStack() as stack:
        base_path = project.model.parent
        local = local_server(project, base_path, project.name, 18700)
        ports = {
            "local server": stack.enter_context(local),
            "Flask, model.predict": stack.enter_context(serving(naive, project, 18701)),
        }
        for port in ports.values():
            burst(port, url, project.body, 1, 0.5)
        for number in range(rounds):
            for connections in CONNECTIONS:
                for name, port in ports.items():
                    times = burst(port, url, project.body, connections, seconds)
                    measured.append(
                        {
                            "round": number,
                            "server": name,
                            "connections": connections,
                            "requests_per_second": len(times) / seconds,
                            "p99_ms": percentile_99(times),
                        }
                    )
    return measured


def burst(
    port: int, url: str, body: bytes, connections: int, seconds: float
) -> list[float]:
    """Return the milliseconds of every request that these connections got answered."""
    times: list[float] = []
    deadline = time.perf_counter() + seconds

    def call() -> None:
        connection = connect(port)
        while time.perf_counter() < deadline:
            times.append(timed(lambda: post(connection, url, body)))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def percentile_99(times: list[float]) -> float:
    """Return the time that one request in a hundred exceeds."""
    return sorted(times)[int(len(times) * 0.99)]


def on_the_wire(project: Project, rounds: int) -> list[dict[str, Any]]:
    """Return the median milliseconds of each way of asking, round by round."""
    measured = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        base_path = Path(folder) / "photo"
        save_photo_model(base_path / "1")
        port = stack.enter_context(local_server(project, base_path, "photo", 18800))
        address = stack.enter_context(grpc_server(project, base_path / "1"))
        ways = {
            (size, way): call
            for size, side in SIZES.items()
            for way, call in ways_to_ask(project, side, port, address).items()
        }
        for number in range(rounds):
            for (size, way), call in ways.items():
                call()
                times = repeated(call, WIRE_SECONDS)
                row = {"round": number, "input": size, "way": way}
                measured.append({**row, "ms": statistics.median(times)})
    return measured


def repeated(call: Callable[[], object], seconds: float) -> list[float]:
    """Return the milliseconds of as many calls as fit, at least three."""
    times: list[float] = []
    deadline = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < deadline:
        times.append(timed(call))
    return times


def save_photo_model(path: Path) -> None:
    """Write a model that computes next to nothing, so that the wire is what counts."""
    import tensorflow as tf

    pixels = tf.TensorSpec([None, None, None, 3], tf.float32, name="image")
    files = tf.TensorSpec([None], tf.string, name="image")

    def decode(file: tf.Tensor) -> tf.Tensor:
        image = tf.io.decode_image(file, channels=3, expand_animations=False)
        return tf.cast(image, tf.float32) / 255

    @tf.function(input_signature=[pixels])
    def from_pixels(image: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"mean": tf.reduce_mean(image, [1, 2])}

    @tf.function(input_signature=[files])
    def from_files(image: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = tf.TensorSpec([None, None, 3], tf.float32)
        return from_pixels(tf.map_fn(decode, image, fn_output_signature=spec))

    signatures = {"serving_default": from_pixels, "raw": from_files}
    tf.saved_model.save(tf.Module(), str(path), signatures=signatures)


@contextmanager
def grpc_server(project: Project, model: Path) -> Iterator[str]:
    """Serve a model over gRPC with the project's own messages; yields the address."""
    import grpc

    messages, tensors = (
        project.module("service.messages"),
        project.module("service.tensors"),
    )
    loaded = project.module("service.local_server.saved_model").SavedModel(
        model, 30_000
    )

    def predict(request: Any, _context: Any) -> Any:
        inputs = {item.key: tensors.to_array(item.value) for item in request.inputs}
        response = messages.PredictResponse()
        signature = loaded.signature(request.model_spec.signature_name)
        for name, value in signature.predict(inputs).items():
            response.outputs.add(key=name, value=tensors.to_tensor(value))
        return response

    method = grpc.unary_unary_rpc_method_handler(
        predict,
        request_deserializer=messages.PredictRequest.FromString,
        response_serializer=messages.PredictResponse.SerializeToString,
    )
    server = grpc.server(futures.ThreadPoolExecutor(2))
    service = "tensorflow.serving.PredictionService"
    handler = grpc.method_handlers_generic_handler(service, {"Predict": method})
    server.add_generic_rpc_handlers([handler])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def ways_to_ask(
    project: Project, side: int, port: int, address: str
) -> dict[str, Callable[[], object]]:
    """Return each way to ask about a photograph of this size, from array to answer."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_sample_image

    photo = Image.fromarray(load_sample_image("china.jpg")).resize((side, side))
    stream = io.BytesIO()
    photo.save(stream, "JPEG", quality=90)
    file = stream.getvalue()
    image = (np.asarray(photo, np.float32) / 255)[np.newaxis]
    client = project.module("client.grpc_client").GrpcClient(address, "photo")
    connection = connect(port)

    def rest(
        key: str, value: Callable[[], Any], signature: str
    ) -> Callable[[], object]:
        def ask() -> object:
            body = {"signature_name": signature, key: value()}
            url = "/v1/models/photo:predict"
            return json.loads(post(connection, url, json.dumps(body).encode()))

        return ask

    def encoded() -> list[dict[str, str]]:
        return [{"b64": base64.b64encode(file).decode()}]

    return {
        "REST, rows": rest("instances", image.tolist, "serving_default"),
        "REST, columns": rest("inputs", image.tolist, "serving_default"),
        "REST, b64 file": rest("instances", encoded, "raw"),
        "gRPC, tensor": lambda: client.predict({"image": image}),
        "gRPC, file": lambda: client.predict({"image": [file]}, "raw"),
    }


def render(results: dict[str, Any]) -> None:
    """Draw the picture, and write the page."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 8), layout="constrained")
    small, large, load = figure.subplots(3, 1)
    for axes, size in ((small, "8x8x3"), (large, "224x224x3")):
        ways = wire_medians(results["wire"], size)
        bars(axes, ways, f"One {size} image", "ms, median")
    rates = {
        f"{server},\n{connections} conn.": value
        for (server, connections), value in load_medians(results["load"]).items()
    }
    bars(load, rates, "Load", "requests per second")
    figure.savefig(PICTURE, dpi=110)
    ratios = load_ratios(results["load"])
    PAGE.write_text(
        f"""# TensorFlow Serving projects, measured

<!-- Written by benchmarks/tensorflow_serving.py; do not edit. -->

![Bars: ways of asking, and load](tensorflow-serving.png)

- The local server answers {ratios[1]:.0f} times as many requests a second as Keras's
  `model.predict` behind Flask over one connection, {ratios[16]:.0f} times over sixteen;
  99 of 100 within {p99(results["load"], 1):.0f} and {p99(results["load"], 16):.0f} ms.
  The client shares the machine's cores.
- The gRPC figures are those of a server in Python on the same loaded model.
""",
        "utf-8",
    )


def p99(rows: list[dict[str, Any]], connections: int) -> float:
    """Return the local server's 99th percentile, the median of the rounds."""
    return statistics.median(
        row["p99_ms"]
        for row in rows
        if (row["server"], row["connections"]) == ("local server", connections)
    )


def bars(axes: Any, values: dict[str, float], title: str, unit: str) -> None:
    """Draw one horizontal bar for each value, on a logarithmic scale."""
    drawn = axes.barh(list(values), list(values.values()), color="tab:blue")
    axes.bar_label(drawn, fmt=lambda value: f"{value:,.1f}", padding=3)
    axes.set(title=title, xlabel=unit, xscale="log")
    axes.minorticks_off()
    axes.set_xlim(min(values.values()) / 3, max(values.values()) * 4)
    axes.invert_yaxis()


def wire_medians(rows: list[dict[str, Any]], size: str) -> dict[str, float]:
    """Return the median of each way of asking for one size."""
    ways: dict[str, list[float]] = {}
    for row in rows:
        if row["input"] == size:
            ways.setdefault(row["way"], []).append(row["ms"])
    return {way: statistics.median(times) for way, times in ways.items()}


def load_medians(rows: list[dict[str, Any]]) -> dict[tuple[str, int], float]:
    """Return the median requests per second of each server and connection count."""
    rates: dict[tuple[str, int], list[float]] = {}
    for row in rows:
        key = (row["server"], row["connections"])
        rates.setdefault(key, []).append(row["requests_per_second"])
    return {key: statistics.median(values) for key, values in rates.items()}


def load_ratios(rows: list[dict[str, Any]]) -> dict[int, float]:
    """Return how many times Flask's rate the local server's is, within a round."""
    ratios: dict[int, list[float]] = {}
    rates = {(r["round"], r["connections"], r["server"]): r for r in rows}
    for (number, connections, server), row in rates.items():
        if server == "local server":
            other = rates[number, connections, "Flask, model.predict"]
            ratio = row["requests_per_second"] / other["requests_per_second"]
            ratios.setdefault(connections, []).append(ratio)
    return {key: round(statistics.median(values), 1) for key, values in ratios.items()}


if __name__ == "__main__":
    main()
