"""Compare the exported forms of the model by size, accuracy and latency.

`export` writes this to `reports/variants.md`, for people, and `reports/variants.json`.
The times were measured on this computer: compare them with each other only.
"""

import json
import tempfile
import timeit
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from .. import data
from ..contract import ContractError, examples
from ..contract.forms import WRITERS
from ..contract.network import Network
from ..contract.runtime import ARTIFACT, Runtime
from ..prepare import prepare
from ..settings import MODELS, REPORTS
from . import eager
from .score import score

CALLS = 30
HEAD = "| model | kB | accuracy | ms a call |\n| --- | --: | --: | --: |\n"


class Form(NamedTuple):
    """One form of the model: the file or folder that it is in, and how to run it."""

    name: str
    path: Path
    predict: eager.Predict


def write_report() -> str:
    """Measure the trained model and each form it is exported in; return the table."""
    network = examples.load()
    with tempfile.TemporaryDirectory() as folder:
        forms, refusals = write_all(network, Path(folder))
        rows = measure_all(network, forms)
    rows += [{"name": name, "refusal": reason} for name, reason in refusals.items()]
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / "variants.json").write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
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


def write_all(network: Network, folder: Path) -> tuple[list[Form], dict[str, str]]:
    """Return the forms, those of the framework first, and why others are not possible.

    They are written to the folder.
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


def measure_all(network: Network, forms: list[Form]) -> list[dict[str, Any]]:
    """Return the figures of each form; the time is the median for one example."""
    test = data.load().test
    inputs = prepare(test.raw, network.task.preprocessing)
    one = {name: tensor[:1] for name, tensor in inputs.items()}

    def measure(form: Form) -> dict[str, Any]:
        times = timeit.repeat(lambda: form.predict(one), number=1, repeat=CALLS)
        return {
            "name": form.name,
            "kilobytes": kilobytes(form.path),
            "accuracy": score(test.targets, form.predict(inputs)),
            "milliseconds": median(times) * 1000,
        }

    return list(map(measure, forms))


def kilobytes(path: Path) -> float:
    """Return the size of a file, or of all files in a folder."""
    files = [path, *path.rglob("*")]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1000
