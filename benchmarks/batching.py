"""Whether running requests together pays, by the measure that the Flask service takes.

    cd PROJECT && python .../benchmarks/batching.py

PROJECT is a generated and exported Keras project with the Flask target. Measures the
project's own network, and MobileNetV3Small at 96x96, alone and in batches, with one
thread and with two, and what the service decides for each; writes docs/batching.md.
"""

from __future__ import annotations

import datetime
import importlib
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
ROUNDS = 20
CLOCKS = {"processor": time.process_time, "clock": time.perf_counter}


def module(name: str) -> Any:
    """Return a module of the project in the current folder."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    package = next(Path.cwd().glob("*/service/front/batching.py")).parents[2].name
    return importlib.import_module(f"{package}.{name}")


def mobile_net(folder: Path) -> tuple[Path, Any]:
    """Return MobileNetV3Small as ONNX, with random weights, and inputs for it."""
    # Of the project's environment, which the tests of the page do not have.
    import keras
    import numpy as np
    import tensorflow as tf
    import tf2onnx

    shape = (96, 96, 3)
    network = keras.applications.MobileNetV3Small(shape, weights=None)
    specs = [tf.TensorSpec((None, *shape), tf.float32, name="image")]
    function = tf.function(lambda image: network(image, training=False), specs)
    file = folder / "mobilenet.onnx"
    tf2onnx.convert.from_function(function, specs, opset=18, output_path=str(file))
    images = np.random.default_rng(0).random((16, *shape), dtype=np.float32)
    return file, {"image": images}


def measure(network: str, artifact: Path, inputs: Any, threads: int) -> dict[str, Any]:
    """Return the times of a run alone and in a batch, and what the service decides."""
    batching = module("service.front.batching")
    predictor = object.__new__(module("service.predictor").Predictor)
    # Of the signature, only the free size of a batch counts, which both models have.
    predictor.signature = module("contract").Signature.read(
        module("settings").ARTIFACTS
    )
    predictor.golden = module("contract").Golden(inputs, {})
    predictor._runtime = module("contract.runtime").Runtime(artifact, threads)
    predictor.predict(inputs)
    times: dict[str, list[float]] = {f"{c} {n}": [] for c in CLOCKS for n in ("1", "n")}
    for _ in range(ROUNDS):
        for name, clock in CLOCKS.items():
            times[f"{name} 1"].append(predictor.seconds(1, clock))
            together = predictor.seconds(batching.BATCH, clock)
            times[f"{name} n"].append(together / batching.BATCH)
    batcher = batching.choose(predictor, 10.0)
    return {
        "network": network,
        "threads": threads,
        "milliseconds": {k: statistics.median(v) * 1e3 for k, v in times.items()},
        "batch": batcher.limit,
        "runner": type(batcher).__name__,
    }


def row(found: dict[str, Any]) -> str:
    choice = f"batches of {found['batch']}" if found["batch"] > 1 else "no batches"
    place = {"InLoop": "in the event loop", "InThread": "in a thread"}
    cells = [found["network"], found["threads"]]
    for clock in CLOCKS:
        alone = found["milliseconds"][f"{clock} 1"]
        together = found["milliseconds"][f"{clock} n"]
        cells.append(f"{alone:.3f} → {together:.3f} ({together / alone - 1:+.0%})")
    cells.append(f"{choice}, {place[found['runner']]}")
    return f"| {' | '.join(map(str, cells))} |"


def page(measured: dict[str, Any]) -> str:
    """Return the page that shows the figures, in Markdown."""
    lines = [
        "# When running requests together pays",
        "",
        "<!-- Written by benchmarks/batching.py from batching.json; do not edit. -->",
        "",
        "The generated Flask service measures its model when it loads it, one example",
        f"against {measured['size']}, and runs together what is waiting where that",
        f"saves {measured['saving']:.0%} of the processor's time, or of the clock's.",
        "No request waits for a batch to fill; a short run stays in the event loop.",
        "",
        f"Milliseconds an example, alone and in batches of {measured['size']}, medians",
        f"of {measured['rounds']} rounds: {measured['machine']}, {measured['date']}.",
        "",
        "| network | threads | processor | clock | what the service chose |",
        "| --- | ---: | ---: | ---: | --- |",
        *map(row, measured["found"]),
        "",
        "To measure again, in a project: `python .../benchmarks/batching.py`",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and write the page."""
    folder = module("settings").ARTIFACTS
    signature = module("contract").Signature.read(folder)
    golden = module("contract").Golden.read(folder, signature)
    found = [
        measure("digits", signature.verify(folder), golden.inputs, threads)
        for threads in (1, 2)
    ]
    with tempfile.TemporaryDirectory() as name:
        artifact, inputs = mobile_net(Path(name))
        found += [
            measure("MobileNetV3Small, 96x96", artifact, inputs, threads)
            for threads in (1, 2)
        ]
    measured = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "rounds": ROUNDS,
        "size": module("service.front.batching").BATCH,
        "saving": module("service.front.batching").WORTHWHILE_SAVING,
        "found": found,
    }
    figures = json.dumps(measured, indent=2) + "\n"
    (DOCS / "batching.json").write_text(figures, "utf-8")
    (DOCS / "batching.md").write_text(page(measured), "utf-8")
    print(page(measured))


if __name__ == "__main__":
    main()
