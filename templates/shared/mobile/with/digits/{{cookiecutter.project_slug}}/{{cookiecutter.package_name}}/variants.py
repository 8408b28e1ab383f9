"""What each form of the model weighs, how often it is right, and how long it takes.

`export` writes this to `reports/variants.md`, for people, and `reports/variants.json`.
The times are this computer's: compare them with each other, not with a phone's.
"""

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import data, model
from .convert import write_artifact
{% include "partials/export/int8-variant-import.py" ignore missing %}
from .runtime import ARTIFACT, Runtime
from .settings import MODELS, REPORTS

WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "float32": write_artifact,
{% include "partials/export/int8-variant.py" ignore missing %}
}
CALLS = 30

Predict = Callable[[NDArray[np.float32]], NDArray[Any]]


@dataclass(frozen=True)
class Variant:
    """One form of the model; the time is for one example, the median of many calls."""

    name: str
    kilobytes: float
    accuracy: float
    milliseconds: float


def write_report() -> str:
    """Measure the trained model and each form it is exported in; return the table."""
    variants = measure_all()
    REPORTS.mkdir(parents=True, exist_ok=True)
    rows = json.dumps([asdict(variant) for variant in variants], indent=2)
    (REPORTS / "variants.json").write_text(rows + "\n", "utf-8")
    (REPORTS / "variants.md").write_text(table(variants), "utf-8")
    return table(variants)


def measure_all() -> list[Variant]:
    """Return the model as trained, run by its framework, and each exported form."""
    network = model.load(MODELS)
    trained = measure("trained", MODELS, lambda images: model.predict(network, images))
    variants = [trained]
    for name, write in WRITERS.items():
        with tempfile.TemporaryDirectory() as folder:
            artifact = Path(folder) / ARTIFACT
            write(network, artifact)
            variants.append(measure(name, artifact, predictor(Runtime(artifact))))
    return variants


def predictor(runtime: Runtime) -> Predict:
    """Return a function from images to probabilities."""
    return lambda images: runtime.predict({"image": images})["probabilities"]


def measure(name: str, path: Path, predict: Predict) -> Variant:
    """Return the figures of one form, which lies in a file or a folder."""
    images, labels = data.load().test
    right = predict(images).argmax(axis=1) == labels
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        predict(images[:1])
        times.append(time.perf_counter() - start)
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    size = sum(file.stat().st_size for file in files)
    return Variant(name, size / 1000, float(right.mean()), median(times) * 1000)


def table(variants: list[Variant]) -> str:
    """Return the figures as a Markdown table."""
    rows = "".join(
        f"| {v.name} | {v.kilobytes:.1f} | {v.accuracy:.1%} | {v.milliseconds:.3f} |\n"
        for v in variants
    )
    return f"| model | kB | accuracy | ms a call |\n| --- | --: | --: | --: |\n{rows}"
