"""The runtimes of phones beside the frameworks themselves, as ratios in one run.

    python benchmarks/mobile.py --tensorflow-python PY --pytorch-python PY

Generates, trains and exports a project for each framework and mobile target, and loads
each in a process of its own, with the interpreter that is named for it: one has what
the TensorFlow and Keras projects require, the other what the PyTorch projects do. This
script itself needs matplotlib. All processes are up at once and are asked in turn,
round after round; each times one example at a time, in every form of its model. What
counts is the ratio, in the same round, to the trained model in its framework's eager
mode: a call of the network, which for TensorFlow has no tf.function around it. The
times are this computer's, not a phone's.

Writes docs/mobile.json, and from it docs/mobile.png and the figures in docs/mobile.md;
`--render` does the latter alone.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dlscaffold.layers.catalog import Cell, installed
from dlscaffold.project import names
from dlscaffold.project import rendering as project

RESULTS = Path(__file__).parents[1] / "docs" / "mobile.json"
PICTURE = RESULTS.with_suffix(".png")
PAGE = RESULTS.with_suffix(".md")
# Between these lines of the page, the figures are written anew.
FIGURES = "<!-- figures: written by benchmarks/mobile.py -->"
END = "<!-- end -->"
MIXED = ("tensorflow", "keras")  # they share an interpreter

# Run in a generated project: answers each line on standard input by one round.
WORKER = """
import json, statistics, sys, tempfile, time
from importlib.metadata import packages_distributions, version
from pathlib import Path
from {package} import data, prepare
from {package}.contract import examples
from {package}.evaluation import variants
from {package}.settings import MODELS

def timed(predict, calls):
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        predict(one)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000

network = examples.load()
raw = data.load().test.take([0]).raw
one = prepare.prepare(raw, network.task.preprocessing)
folder = Path(tempfile.mkdtemp(dir=sys.argv[1]))
out, sys.stdout = sys.stdout, sys.stderr
forms, refusals = variants.write_all(network, folder)
if refusals:
    sys.exit(str(refusals))
installed = packages_distributions()
versions = {{
    module: version(installed[module][0])
    for module in ("tensorflow", "keras", "torch", "executorch", "ai_edge_litert")
    if module in sys.modules
}}
kilobytes = {{form.name: variants.kilobytes(form.path) for form in forms}}
# Few calls of what is slow, so that no form takes most of the round.
calls = {{form.name: 5 if form.path == MODELS else 50 for form in forms}}
for form in forms:
    timed(form.predict, 5)
for line in sys.stdin:
    times = {{form.name: timed(form.predict, calls[form.name]) for form in forms}}
    figures = dict(times=times, kilobytes=kilobytes, versions=versions)
    print(json.dumps(figures), file=out, flush=True)
"""

Round = dict[str, Any]  # what a worker prints


@dataclass(frozen=True)
class Outcome:
    """One form of a model: size, median time, how much faster than eager mode."""

    framework: str
    target: str
    form: str
    kilobytes: float
    milliseconds: float
    speedup: float


def main() -> None:
    """Measure every mobile cell, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tensorflow-python", default=sys.executable)
    parser.add_argument("--pytorch-python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--render", action="store_true", help="from docs/mobile.json")
    options = parser.parse_args()
    if not options.render:
        pythons = dict.fromkeys(MIXED, options.tensorflow_python)
        pythons["pytorch"] = options.pytorch_python
        with tempfile.TemporaryDirectory() as folder:
            versions, outcomes = measure(Path(folder), pythons, options.rounds)
        results = {
            "date": datetime.date.today().isoformat(),
            "versions": versions,
            "processors": os.cpu_count(),
            "rounds": options.rounds,
            "outcomes": [asdict(outcome) for outcome in outcomes],
        }
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    render(json.loads(RESULTS.read_text("utf-8")))


def mobile_cells() -> list[Cell]:
    """Return the cells whose target is a phone, on the backend that is preferred."""
    shared = "shared/mobile"
    return [
        cell
        for cell in installed().cells()
        if shared in cell.target.includes and not cell.special_backend
    ]


def measure(
    folder: Path, pythons: dict[str, str], rounds: int
) -> tuple[dict[str, str], list[Outcome]]:
    """Return the versions and outcomes of all cells, asked in turn for some rounds."""
    cells = mobile_cells()
    workers = [start(cell, folder, pythons[cell.framework.name]) for cell in cells]
    try:
        figures = [[ask(worker) for worker in workers] for _ in range(rounds)]
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    versions = {name: v for row in figures[0] for name, v in row["versions"].items()}
    return versions, [
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


def ask(worker: subprocess.Popen[str]) -> Round:
    """Return the milliseconds and kilobytes of each form, and the versions, once."""
    assert worker.stdin is not None  # noqa: S101
    assert worker.stdout is not None  # noqa: S101
    worker.stdin.write("round\n")
    worker.stdin.flush()
    return dict(json.loads(worker.stdout.readline()))


def summary(cell: Cell, rows: list[Round]) -> list[Outcome]:
    """Return the medians of a cell's rounds, one outcome for each form."""
    kilobytes = rows[0]["kilobytes"]
    times = [row["times"] for row in rows]
    return [
        Outcome(
            cell.framework.name,
            cell.target.name,
            form,
            kilobytes[form],
            statistics.median(each[form] for each in times),
            statistics.median(each["eager"] / each[form] for each in times),
        )
        for form in kilobytes
    ]


def render(results: dict[str, Any]) -> None:
    """Draw the picture, and write the figures into the page."""
    outcomes = [Outcome(**fields) for fields in results["outcomes"]]
    versions = ", ".join(f"{name} {v}" for name, v in results["versions"].items())
    draw(outcomes)
    before, _, rest = PAGE.read_text("utf-8").partition(FIGURES)
    after = rest.partition(END)[2]
    PAGE.write_text(
        f"""{before}{FIGURES}
![Bars: one prediction and the size of the file, for each form](mobile.png)

One example a call, the digits network of the generated projects, on a computer with
{results["processors"]} processors: compare the times with each other, not with a phone.
Measured on {results["date"]} with {versions}.

“eager” is a call of the trained network as its framework runs it, operation by
operation; how many times as fast as that another form is, is the median of
{results["rounds"]} rounds, in which all took turns. `tf.function` is TensorFlow's graph
of the same network. Keras's `model.predict` is made for whole data sets, so most of its
time goes around the network; its file holds the state of the optimiser too. PyTorch
Mobile's files are run by the lite interpreter of the torch named above.

{as_table(outcomes)}
{END}{after}""",
        "utf-8",
    )


def draw(outcomes: list[Outcome]) -> None:
    """Draw one bar for each form, of its time and of its size."""
    from matplotlib.figure import Figure

    colours = {"float32": "tab:blue", "int8": "tab:green"}
    names = [f"{o.framework}, {o.target}: {o.form}" for o in outcomes]
    figure = Figure(figsize=(11, 5), layout="constrained")
    time, size = figure.subplots(1, 2, sharey=True)
    for axes, values, title, unit in (
        (time, [o.milliseconds for o in outcomes], "One prediction", "ms, median"),
        (size, [o.kilobytes for o in outcomes], "The model", "kB"),
    ):
        shades = [colours.get(o.form, "tab:gray") for o in outcomes]
        bars = axes.barh(names, values, color=shades)
        axes.bar_label(bars, fmt=lambda value: f"{value:,.3g}", padding=3)
        axes.set(title=title, xlabel=unit, xscale="log")
        axes.set_xlim(min(values) / 3, max(values) * 4)
        axes.minorticks_off()
    time.invert_yaxis()
    figure.savefig(PICTURE, dpi=110)


def as_table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as a Markdown table."""
    head = "| framework | target | form | kB | ms a call | times as fast as eager |"
    rows = [
        f"| {o.framework} | {o.target} | {o.form} | {o.kilobytes:.1f} "
        f"| {o.milliseconds:.3f} | {o.speedup:.1f} |"
        for o in outcomes
    ]
    return "\n".join([head, "| --- | --- | --- | --: | --: | --: |", *rows])


if __name__ == "__main__":
    main()
