"""Run by the interpreter that `--python` names: reads what takes h5py or Keras.

Takes `{"task": …, …}` as JSON on standard input and answers with JSON on standard
output. Nothing of dlscaffold is imported. A model is built from its configuration, in
Keras' safe mode, with fresh weights: the file's own are not loaded.
"""

from __future__ import annotations

import json
import math
import os
import sys
from typing import Any

LARGEST_CONFIG = 8 << 20
MEMORY = 8 << 30


def hdf5(request: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration, Keras' version and the number of weights in a file."""
    import h5py

    with h5py.File(request["path"], "r") as file:
        sizes: list[int] = []

        def add(_name: str, item: Any) -> None:
            # Links are not followed by `visititems`, and no data is read.
            if isinstance(item, h5py.Dataset):
                sizes.append(math.prod(item.shape or ()))

        weights = file.get("model_weights")
        if isinstance(weights, h5py.Group):
            weights.visititems(add)
        config = file.attrs.get("model_config")
        version = file.attrs.get("keras_version")
    return {
        "config": as_text(config),
        "version": as_text(version),
        "parameters": sum(sizes),
    }


def as_text(value: Any) -> str | None:
    """Return an attribute as text; the oldest files have bytes."""
    value = value.decode("utf-8") if isinstance(value, bytes) else value
    if isinstance(value, str) and len(value) <= LARGEST_CONFIG:
        return value
    return None


def keras(request: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs, the outputs and the number of weights of a configuration."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    if request["trust"]:
        keras.config.enable_unsafe_deserialization()
    config = request["config"]
    if "module" in config:
        model = keras.models.model_from_json(json.dumps(config))
    else:  # as HDF5 files have it
        sequential = config["class_name"] == "Sequential"
        kind = keras.Sequential if sequential else keras.Model
        model = kind.from_config(config["config"])
    return {
        "inputs": tensors(model.inputs),
        "outputs": tensors(model.outputs),
        "parameters": model.count_params(),
    }


def tensors(found: Any) -> list[dict[str, Any]]:
    """Return tensors as JSON."""
    return [
        {"name": one.name, "dtype": str(one.dtype), "shape": list(one.shape)}
        for one in found or ()
    ]


def limit_memory() -> None:
    """Keep a file from filling the machine, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def main() -> None:
    """Answer one request."""
    limit_memory()
    request = json.load(sys.stdin)
    answer, sys.stdout = sys.stdout, sys.stderr
    task = {"hdf5": hdf5, "keras": keras}[request["task"]]
    try:
        result = task(request)
    except Exception as error:
        # Whatever a library raises; its last line is what a person can use.
        lines = str(error).strip().splitlines() or [type(error).__name__]
        result = {"error": f"{type(error).__name__}: {lines[0][:300]}"}
    json.dump(result, answer)


if __name__ == "__main__":
    main()
