"""How much the generator costs over what it is built on, as ratios in one run.

    python benchmarks/generator.py [--rounds N] [--json]

Each round times both commands of a pair in turn, as whole processes; what is reported
is the median of the rounds' ratios, which holds on a machine whose speed drifts.
"""

from __future__ import annotations

import argparse
import compileall
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import dlscaffold

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Outcome:
    """A pair of commands: median seconds of each, and the median ratio."""

    name: str
    seconds: float
    baseline_seconds: float
    ratio: float
    at_most: float

    @property
    def reached(self) -> bool:
        """Whether the ratio is within its target."""
        return self.ratio <= self.at_most


def main() -> None:
    """Measure both pairs and print them; exit with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    # As pip did when it installed the baselines; an editable install may have none.
    compileall.compile_dir(Path(dlscaffold.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        outcomes = [
            against_click(options.rounds),
            against_cookiecutter(options.rounds, Path(folder)),
        ]
    if options.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes]))
    else:
        print(as_table(outcomes))
    sys.exit(not all(outcome.reached for outcome in outcomes))


def against_click(rounds: int) -> Outcome:
    """Compare `dlscaffold --help` with Python importing Click."""
    ours = [str(BIN / "dlscaffold"), "--help"]
    baseline = [sys.executable, "-c", "import click"]
    return compare("dlscaffold --help / import click", ours, baseline, rounds, 1.3)


def against_cookiecutter(rounds: int, folder: Path) -> Outcome:
    """Compare `dlscaffold new` with plain Cookiecutter on the same ejected template."""
    template, output = folder / "template", folder / "output"
    pair = ["--framework", "keras", "--target", "flask"]
    subprocess.run([BIN / "dlscaffold", "eject", *pair, template], check=True)
    ours = [str(BIN / "dlscaffold"), "new", "--yes", *pair, "-o", str(output)]
    baseline = [str(BIN / "cookiecutter"), "--no-input", "--default-config"]
    baseline += ["-o", str(output), str(template)]
    name = "dlscaffold new --yes / cookiecutter --no-input"
    return compare(name, ours, baseline, rounds, 1.0, output)


def compare(
    name: str,
    ours: list[str],
    baseline: list[str],
    rounds: int,
    at_most: float,
    output: Path | None = None,
) -> Outcome:
    """Time both, first one and then the other, after one round that does not count."""
    counted = [one_round(ours, baseline, output, n) for n in range(rounds + 1)][1:]
    return Outcome(
        name=name,
        seconds=statistics.median(pair[0] for pair in counted),
        baseline_seconds=statistics.median(pair[1] for pair in counted),
        ratio=statistics.median(pair[0] / pair[1] for pair in counted),
        at_most=at_most,
    )


def one_round(
    ours: list[str], baseline: list[str], output: Path | None, number: int
) -> tuple[float, float]:
    """Return the seconds of both; the one that goes first is the other each round."""
    if number % 2:
        return seconds(ours, output), seconds(baseline, output)
    later = seconds(baseline, output)
    return seconds(ours, output), later


def seconds(command: list[str], output: Path | None) -> float:
    """Return the wall time of a whole process; what it wrote is removed again."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    elapsed = time.perf_counter() - started
    if output:
        shutil.rmtree(output)
    return elapsed


def as_table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as a table in Markdown."""
    lines = [
        "| pair | seconds | baseline | ratio | target |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {o.name} | {o.seconds:.3f} | {o.baseline_seconds:.3f} | {o.ratio:.2f} "
        f"| at most {o.at_most} |"
        for o in outcomes
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
