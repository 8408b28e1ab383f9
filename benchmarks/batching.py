"""Whether running requests together pays, by the measure that the Flask service takes.

    cd PROJECT && python .../benchmarks/batching.py

PROJECT is a generated and exported Keras project with the Flask target. Measures the
project's own network, and MobileNetV3Small at 96x96, alone and in batches, with one
thread and with two, and prints what the service would decide for each.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path.cwd()))
PACKAGE = next(Path.cwd().glob("*/batching.py")).parent.name


def module(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.{name}")


def mobile_net(folder: Path) -> tuple[Path, Any]:
    """Return MobileNetV3Small as ONNX, with random weights, and inputs for it."""
    import keras
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


def measure(name: str, artifact: Path, inputs: Any, threads: int) -> None:
    predictor_module, batching = module("predictor"), module("batching")
    predictor = object.__new__(predictor_module.Predictor)
    predictor.golden = module("contract").Golden(inputs, {})
    predictor._runtime = module("runtime").Runtime(artifact, threads)
    predictor.predict(inputs)
    single = predictor.seconds(1, rounds=50)
    together = predictor.seconds(batching.BATCH, rounds=50) / batching.BATCH
    runner = batching.choose(predictor, 10.0)
    print(
        f"| {name} | {threads} | {single * 1e3:.3f} | {together * 1e3:.3f} "
        f"| {type(runner).__name__}, batches of {runner._queue._limit} |"
    )


def main() -> None:
    print("| network | threads | ms alone | ms in a batch | the service's choice |")
    print("| --- | ---: | ---: | ---: | --- |")
    folder = module("settings").ARTIFACTS
    signature = module("contract").Signature.read(folder)
    golden = module("contract").Golden.read(folder, signature)
    for threads in (1, 2):
        measure("digits", signature.verify(folder), golden.inputs, threads)
    with tempfile.TemporaryDirectory() as name:
        artifact, inputs = mobile_net(Path(name))
        for threads in (1, 2):
            measure("MobileNetV3Small", artifact, inputs, threads)


if __name__ == "__main__":
    main()
