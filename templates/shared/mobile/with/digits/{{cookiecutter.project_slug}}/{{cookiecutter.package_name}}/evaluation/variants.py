"""What each form of the model weighs, how often it is right, and how long it takes.

`export` writes this to `reports/variants.md`, for people, and `reports/variants.json`.
The times are this computer's: compare them with each other, not with a phone's.
"""

import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import data, model
from ..contract import ContractError
from ..contract.forms import WRITERS
from ..contract.runtime import ARTIFACT, Runtime
from ..settings import MODELS, REPORTS
from . import eager

WARM_UP, ROUNDS, CALLS = 3, 10, 3
HEAD = "| model | kB | accuracy | ms a call |\n| --- | --: | --: | --: |\n"


@dataclass(frozen=True)
class Form:
    """One form of the model: the file or folder it lies in, and how to ask it."""

    name: str
    path: Path
    predict: eager.Predict


@dataclass(frozen=True)
class Variant:
    """The figures of one form; the time is for one example, the median of many."""

    name: str
    kilobytes: float
    accuracy: float
    milliseconds: float

    def row(self) -> str:
        """Return the line of the table."""
        return (
            f"| {self.name} | {self.kilobytes:.1f} | {self.accuracy:.1%} "
            f"| {self.milliseconds:.3f} |\n"
        )


@dataclass(frozen=True)
class Refusal:
    """A form that this network, or this computer, does not allow."""

    name: str
    refusal: str

    def row(self) -> str:
        """Return the line of the table."""
        reason = " ".join(self.refusal.split()).replace("|", "\\|")
        return f"| {self.name}: not possible: {reason} | | | |\n"


def write_report() -> str:
    """Measure the trained model and each form it is exported in; return the table."""
    with tempfile.TemporaryDirectory() as folder:
        forms, refusals = write_all(model.load(MODELS), Path(folder))
        rows: list[Variant | Refusal] = [*measure_all(forms), *refusals]
    REPORTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(row) for row in rows], indent=2)
    (REPORTS / "variants.json").write_text(text + "\n", "utf-8")
    table = HEAD + "".join(row.row() for row in rows)
    (REPORTS / "variants.md").write_text(table, "utf-8")
    return table


def write_all(network: Any, folder: Path) -> tuple[list[Form], list[Refusal]]:
    """Write each exported form to the folder.

    Returns them and the model as its framework runs it, and what is not possible.
    """
    ways = eager.ways(network).items()
    forms = [Form(name, MODELS, predict) for name, predict in ways]
    refusals = []
    for name, write in WRITERS.items():
        artifact = folder / name / ARTIFACT
        artifact.parent.mkdir()
        try:
            write(network, artifact)
            forms.append(Form(name, artifact, predictor(Runtime(artifact))))
        except ContractError as error:
            refusals.append(Refusal(name, str(error)))
    return forms, refusals


def predictor(runtime: Runtime) -> eager.Predict:
    """Return a function from images to probabilities."""
    return lambda images: runtime.predict({"image": images})["probabilities"]


def measure_all(forms: list[Form]) -> list[Variant]:
    """Return the figures of each form."""
    images, labels = data.load().test
    times = measure_times(forms, images[:1])
    return [
        Variant(
            name=form.name,
            kilobytes=size(form.path) / 1000,
            accuracy=float((form.predict(images).argmax(axis=1) == labels).mean()),
            milliseconds=times[form.name],
        )
        for form in forms
    ]


def measure_times(forms: list[Form], image: NDArray[np.float32]) -> dict[str, float]:
    """Return each form's median milliseconds, all asked in turn, round after round."""
    times: dict[str, list[float]] = {form.name: [] for form in forms}
    for form in forms:
        for _ in range(WARM_UP):
            form.predict(image)
    for _ in range(ROUNDS):
        for form in forms:
            for _ in range(CALLS):
                start = time.perf_counter()
                form.predict(image)
                times[form.name].append(time.perf_counter() - start)
    return {name: median(taken) * 1000 for name, taken in times.items()}


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return sum(file.stat().st_size for file in files)
