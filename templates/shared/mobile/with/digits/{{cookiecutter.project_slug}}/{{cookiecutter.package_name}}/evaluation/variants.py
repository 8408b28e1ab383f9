"""Compare the exported forms of the model by size, accuracy and latency.

`export` writes this to `reports/variants.md`, for people, and `reports/variants.json`.
The times were measured on this computer: compare them with each other only.
"""

import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from .. import data
from ..contract import ContractError, Tensors, examples
from ..contract.forms import WRITERS
from ..contract.runtime import ARTIFACT, Runtime
from ..contract.trained import Trained
from ..prepare import prepare
from ..settings import MODELS, REPORTS
from . import eager
from .score import score

ROUNDS, CALLS = 10, 3
HEAD = "| model | kB | accuracy | ms a call |\n| --- | --: | --: | --: |\n"


class Form(NamedTuple):
    """One form of the model: the file or folder that it is in, and how to run it."""

    name: str
    path: Path
    predict: eager.Predict


def write_report() -> str:
    """Measure the trained model and each form it is exported in; return the table."""
    with tempfile.TemporaryDirectory() as folder:
        forms, refusals = write_all(examples.load(), Path(folder))
        rows = measure_all(forms)
    rows += [{"name": name, "refusal": reason} for name, reason in refusals.items()]
    REPORTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rows, indent=2) + "\n"
    (REPORTS / "variants.json").write_text(text, "utf-8")
    table = HEAD + "".join(map(line, rows))
    (REPORTS / "variants.md").write_text(table, "utf-8")
    return table


def line(row: dict[str, Any]) -> str:
    """Return the line of the table for a form's figures, or for why it has none."""
    if "refusal" in row:
        reason = " ".join(row["refusal"].split()).replace("|", "\\|")
        return f"| {row['name']}: not possible: {reason} | | | |\n"
    return (
        f"| {row['name']} | {row['kilobytes']:.1f} | {row['accuracy']:.1%} "
        f"| {row['milliseconds']:.3f} |\n"
    )


def write_all(network: Any, folder: Path) -> tuple[list[Form], dict[str, str]]:
    """Write each exported form to the folder.

    Returns them after the model as its framework runs it, and why others are not
    possible.
    """
    ways = eager.ways(network).items()
    forms = [Form(name, MODELS, predict) for name, predict in ways]
    refusals = {}
    for name, write in WRITERS.items():
        artifact = folder / name / ARTIFACT
        artifact.parent.mkdir()
        try:
            write(network, artifact)
            forms.append(Form(name, artifact, Runtime(artifact).predict))
        except ContractError as error:
            refusals[name] = str(error)
    return forms, refusals


def measure_all(forms: list[Form]) -> list[dict[str, Any]]:
    """Return the figures of each form; the time is the median for one example."""
    test = data.load().test
    inputs = prepare(test.raw, Trained.read(MODELS).task.preprocessing)
    times = measure_times(forms, {name: part[:1] for name, part in inputs.items()})
    return [
        {
            "name": form.name,
            "kilobytes": size(form.path) / 1000,
            "accuracy": score(test.targets, form.predict(inputs)),
            "milliseconds": times[form.name],
        }
        for form in forms
    ]


def measure_times(forms: list[Form], inputs: Tensors) -> dict[str, float]:
    """Return each form's median milliseconds; they take turns, round after round."""
    times: dict[str, list[float]] = {form.name: [] for form in forms}
    for _ in range(ROUNDS):
        for form in forms:
            for _ in range(CALLS):
                start = time.perf_counter()
                form.predict(inputs)
                times[form.name].append(time.perf_counter() - start)
    return {name: median(taken) * 1000 for name, taken in times.items()}


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return sum(file.stat().st_size for file in files)
