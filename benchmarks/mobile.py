"""The runtimes of phones beside the frameworks themselves, as ratios in one run.

    python benchmarks/mobile.py --tensorflow-python PY --pytorch-python PY [--json]

Generates, trains and exports a project for each framework and mobile target, and loads
each in a process of its own, with the interpreter that is named for it: one has what
the TensorFlow and Keras projects require, the other what the PyTorch projects do. All
processes are up at once and are asked in turn, round after round; each times one
example at a time, in every form of its model. What counts is the ratio, in the same
round, to the trained model as its framework runs it: PyTorch in eager mode, TensorFlow
through a tf.function, Keras by model.predict. The times are this computer's, not a
phone's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from dlscaffold import catalog, names, project
from dlscaffold.catalog import Cell

MIXED = ("tensorflow", "keras")  # they share an interpreter

# Run in a generated project: answers each line on standard input by one round.
WORKER = """
import json, statistics, sys, tempfile, time
from pathlib import Path
from {package} import data, model, variants
from {package}.runtime import ARTIFACT, Runtime
from {package}.settings import MODELS

def timed(predict, calls):
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        predict(image)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000

image = data.load().test.images[:1]
network = model.load(MODELS)
ways = {{"trained": lambda images: model.predict(network, images)}}
folder = Path(tempfile.mkdtemp(dir=sys.argv[1]))
out, sys.stdout = sys.stdout, sys.stderr
for name, write in variants.WRITERS.items():
    artifact = folder / name / ARTIFACT
    artifact.parent.mkdir()
    write(network, artifact)
    ways[name] = variants.predictor(Runtime(artifact))
for predict in ways.values():
    timed(predict, 5)
for line in sys.stdin:
    # Few calls of what is slow, so that no way takes most of the round.
    calls = {{name: 5 if name == "trained" else 50 for name in ways}}
    figures = {{name: timed(ways[name], calls[name]) for name in ways}}
    print(json.dumps(figures), file=out, flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    """One form of a model: median time, and how much faster than its framework."""

    framework: str
    target: str
    form: str
    milliseconds: float
    speedup: float


def main() -> None:
    """Measure every mobile cell and print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tensorflow-python", required=True)
    parser.add_argument("--pytorch-python", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    pythons = dict.fromkeys(MIXED, options.tensorflow_python)
    pythons["pytorch"] = options.pytorch_python
    with tempfile.TemporaryDirectory() as folder:
        outcomes = measure(Path(folder), pythons, options.rounds)
    if options.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes]))
    else:
        print(as_table(outcomes))


def mobile_cells() -> list[Cell]:
    """Return the cells whose target is a phone."""
    shared = "shared/mobile"
    return [
        cell
        for cell in catalog.cells()
        if shared in [layer.label for layer in cell.target.includes]
    ]


def measure(folder: Path, pythons: dict[str, str], rounds: int) -> list[Outcome]:
    """Return the outcomes of all cells, asked in turn for some rounds."""
    cells = mobile_cells()
    workers = [start(cell, folder, pythons[cell.framework.name]) for cell in cells]
    try:
        figures = [[ask(worker) for worker in workers] for _ in range(rounds)]
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    return [
        outcome
        for cell, rows in zip(cells, zip(*figures, strict=True), strict=True)
        for outcome in summary(cell, list(rows))
    ]


def start(cell: Cell, folder: Path, python: str) -> subprocess.Popen[str]:
    """Generate, train and load a project; return the process that answers."""
    derived = names.derive(cell.name)
    path = project.generate(project.Answers(derived, cell, "MIT"), folder)
    print(f"{cell.name}: training", file=sys.stderr)
    train = [python, "-m", f"{derived.package}.train", "--epochs", "2"]
    subprocess.run(train, cwd=path, check=True, capture_output=True)
    return subprocess.Popen(
        [python, "-c", WORKER.format(package=derived.package), str(folder)],
        cwd=path,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def ask(worker: subprocess.Popen[str]) -> dict[str, float]:
    """Return the milliseconds of each form of the worker's model, in one round."""
    assert worker.stdin is not None  # noqa: S101
    assert worker.stdout is not None  # noqa: S101
    worker.stdin.write("round\n")
    worker.stdin.flush()
    return dict(json.loads(worker.stdout.readline()))


def summary(cell: Cell, rows: list[dict[str, float]]) -> list[Outcome]:
    """Return the medians of a cell's rounds, one outcome for each form."""
    return [
        Outcome(
            cell.framework.name,
            cell.target.name,
            form,
            statistics.median(row[form] for row in rows),
            statistics.median(row["trained"] / row[form] for row in rows),
        )
        for form in rows[0]
    ]


def as_table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as a Markdown table."""
    head = "| framework | target | form | ms a call | times as fast as the framework |"
    rows = [
        f"| {o.framework} | {o.target} | {o.form} "
        f"| {o.milliseconds:.3f} | {o.speedup:.1f} |"
        for o in outcomes
    ]
    return "\n".join([head, "| --- | --- | --- | --: | --: |", *rows])


if __name__ == "__main__":
    main()
