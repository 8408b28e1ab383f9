"""The document's claims on speed, measured: one network in the three frameworks.

    python benchmarks/frameworks.py --tensorflow-python PY --pytorch-python PY

Each framework runs in a process of its own, with the interpreter that is named for it:
one has tensorflow, tf2onnx, onnxruntime and scikit-learn, the other torch, onnxscript,
onnxruntime and scikit-learn. This script itself needs matplotlib. All processes are up
at once and are asked in turn, round after round, so that a slow minute of the machine
falls on all of them; what is compared are the ratios within a round.

Writes docs/claims.json, and from it docs/claims.md, docs/claims.png and, in each
framework's folder of templates/, measured.toml. `--render` does the latter alone.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LAYERS = ROOT / "templates" / "frameworks"
SCRIPT = "benchmarks/frameworks.py"
FRAMEWORKS = ("tensorflow", "keras", "pytorch")
TITLES = {"tensorflow": "TensorFlow", "keras": "Keras", "pytorch": "PyTorch"}
BATCHES = {1: "1 image", 128: "128 images"}
EPOCHS = 2
SECONDS = 0.25
ONNX = "exported, ONNX Runtime"

# Apart by less than this factor, two times count as the same; and what fewer rounds
# than this share agree on is left undecided.
SAME = 1.2
AGREED = 0.75

# What is compared: a name, the kind of work, and each framework's way of doing it.
COMPARISONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("train, eager", "train", dict.fromkeys(FRAMEWORKS, "eager")),
    ("train, compiled", "train", dict.fromkeys(FRAMEWORKS, "compiled")),
    (
        "train, as most people write it",
        "train",
        {"tensorflow": "compiled", "keras": "compiled", "pytorch": "eager"},
    ),
    *(
        (f"predict {images}, {name}", f"predict {batch}", ways)
        for batch, images in BATCHES.items()
        for name, ways in (
            ("eager", dict.fromkeys(FRAMEWORKS, "eager")),
            ("compiled", dict.fromkeys(FRAMEWORKS, "compiled")),
            ("exported", dict.fromkeys(FRAMEWORKS, ONNX)),
            (
                "as most people write it",
                {
                    "tensorflow": "compiled",
                    "keras": "model.predict",
                    "pytorch": "eager",
                },
            ),
        )
    ),
)

PAGE = """# What the document says of speed, and what was measured

<!-- Written by {script} from claims.json; do not edit. -->

One small network (two convolutions and a dense layer, 8x8 images, batches of 64) in the
three frameworks, side by side on one machine: {machine}, no GPU, one
thread each, processor time, {rounds} interleaved rounds, {date}:
{versions}.
All ways of predicting gave the same probabilities within 0.0001 before they were timed.

A ratio is a framework's time over TensorFlow's in the same round: the median, and in
brackets the smallest and the largest. Apart by less than a factor of {same}, two times
count as the same; what fewer than {agreed:.0%} of the rounds agree on is undecided.
What most people write is `tf.function` in TensorFlow, `fit` and `model.predict` in
Keras, and eager code in PyTorch. On a GPU, or with a large network, where the
arithmetic outweighs the framework, the ratios can be others.

![Times relative to TensorFlow](claims.png)

## “Slower than TensorFlow as it works on top of TensorFlow” (Keras)

{keras_tally}

{keras_ratios}

## “Same speed as TensorFlow” (PyTorch)

{pytorch_tally}

{pytorch_ratios}

## “Very Fast, used for high performance” (TensorFlow)

One of the other two was faster in {beaten} of {count} comparisons.
The way of predicting matters more than the framework: for one image, the slowest way of
a framework took {spread} times as long as its fastest.

## All times

Medians in milliseconds: for training, of one epoch of 1,797 images; for predicting, of
one call with {batches}.

{times}

The first call, which traces or compiles, in seconds of waiting, measured once:

{first}

To measure again: `python {script} --help`
"""

Results = dict[str, Any]


class Worker:
    """One framework's process."""

    def __init__(self, framework: str, python: str) -> None:
        """Start it; what it can do is known once `ready` has returned."""
        ways = ROOT / "benchmarks" / "ways"
        process = subprocess.Popen(
            [python, "worker.py", framework],
            cwd=ways,
            env={
                **os.environ,
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "CUDA_VISIBLE_DEVICES": "",
                "OMP_NUM_THREADS": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError(f"{framework} has no pipes to talk through")
        self.framework = framework
        self._process, self._requests, self._answers = (
            process,
            process.stdin,
            process.stdout,
        )

    def ready(self) -> Results:
        """Return what the framework can do, once it has tried everything."""
        return self._answer()

    def ask(self, **request: Any) -> float:
        """Return the seconds that something took."""
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        return float(self._answer()["seconds"])

    def _answer(self) -> Results:
        line = self._answers.readline()
        if not line:
            sys.exit(f"{self.framework} stopped; its messages are above.")
        answer: Results = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        self._requests.close()
        self._process.wait(timeout=30)


def measure(pythons: dict[str, str], rounds: int) -> Results:
    """Return every time of every round, by framework and by work."""
    workers = []
    about = {}
    for name in FRAMEWORKS:
        worker = Worker(name, pythons[name])
        print(f"{name}: first calls, exports, agreement of all ways", flush=True)
        about[name] = worker.ready()
        workers.append(worker)
    times: dict[str, dict[str, list[float]]] = {name: {} for name in FRAMEWORKS}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", flush=True)
        for work in ("train", *(f"predict {batch}" for batch in BATCHES)):
            for worker in workers:
                one_round(worker, work, about[worker.framework], times)
    for worker in workers:
        worker.close()
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "rounds": rounds,
        "about": about,
        "seconds": times,
    }


def one_round(
    worker: Worker,
    work: str,
    about: Results,
    times: dict[str, dict[str, list[float]]],
) -> None:
    """Let a framework do one kind of work in each of its ways, and note the times."""
    what, _, batch = work.partition(" ")
    for way in about["trainers" if what == "train" else "predictors"]:
        if what == "train":
            spent = worker.ask(do="train", way=way, epochs=EPOCHS)
        else:
            spent = worker.ask(do="predict", way=way, batch=int(batch), seconds=SECONDS)
        times[worker.framework].setdefault(f"{work}: {way}", []).append(spent)


def ratios(results: Results, comparison: str, framework: str) -> list[float]:
    """Return a framework's time over TensorFlow's, round by round."""
    _, work, ways = next(item for item in COMPARISONS if item[0] == comparison)
    seconds = results["seconds"]
    own = seconds[framework][f"{work}: {ways[framework]}"]
    other = seconds["tensorflow"][f"{work}: {ways['tensorflow']}"]
    return [mine / theirs for mine, theirs in zip(own, other, strict=True)]


def verdict(found: list[float]) -> str:
    """Return what the ratios of all rounds say of a framework beside TensorFlow."""
    said = [_side(ratio) for ratio in found]
    word = statistics.mode(said)
    return word if said.count(word) >= AGREED * len(said) else "undecided"


def _side(ratio: float) -> str:
    if ratio > SAME:
        return "slower"
    return "faster" if ratio < 1 / SAME else "the same"


def verdicts(results: Results, framework: str) -> dict[str, str]:
    """Return the verdict of each comparison."""
    return {
        name: verdict(ratios(results, name, framework)) for name, _, _ in COMPARISONS
    }


def medians(results: Results, framework: str) -> dict[str, float]:
    """Return the median ratio to TensorFlow of each comparison."""
    return {
        name: statistics.median(ratios(results, name, framework))
        for name, _, _ in COMPARISONS
    }


def claims_page(results: Results) -> str:
    """Return docs/claims.md."""
    keras, pytorch = verdicts(results, "keras"), verdicts(results, "pytorch")
    return PAGE.format(
        script=SCRIPT,
        machine=results["machine"],
        rounds=results["rounds"],
        date=results["date"],
        versions=", ".join(results["about"][name]["version"] for name in FRAMEWORKS),
        same=SAME,
        agreed=AGREED,
        keras_tally=_tally(keras, "slower"),
        keras_ratios=_ratio_table(results, "keras"),
        pytorch_tally=_tally(pytorch, "the same"),
        pytorch_ratios=_ratio_table(results, "pytorch"),
        beaten=sum("faster" in (keras[name], pytorch[name]) for name in keras),
        count=len(COMPARISONS),
        spread=_spread(results),
        batches=" and with ".join(BATCHES.values()),
        times=_time_table(results),
        first=_first_table(results),
    )


def _tally(found: dict[str, str], claimed: str) -> str:
    """Return in how many comparisons the document's word holds."""
    words = list(found.values())
    others = (
        f"{word} in {words.count(word)}"
        for word in ("faster", "slower", "the same", "undecided")
        if word != claimed and word in words
    )
    held = f"{claimed.capitalize()} in {words.count(claimed)} of {len(words)}"
    return ", ".join([f"{held} comparisons", *others]) + "."


def _ratio_table(results: Results, framework: str) -> str:
    lines = ["| what | ratio | beside TensorFlow |", "| --- | --- | --- |"]
    for name, _, _ in COMPARISONS:
        found = ratios(results, name, framework)
        middle = statistics.median(found)
        spread = f"{middle:.2f} ({min(found):.2f} to {max(found):.2f})"
        lines.append(f"| {name} | {spread} | {verdict(found)} |")
    return "\n".join(lines)


def _spread(results: Results) -> str:
    factors = []
    for name in FRAMEWORKS:
        found = [
            statistics.median(times)
            for work, times in results["seconds"][name].items()
            if work.startswith("predict 1:")
        ]
        factors.append(max(found) / min(found))
    return f"{min(factors):.0f} to {max(factors):.0f}"


def _time_table(results: Results) -> str:
    works = ("train", *(f"predict {batch}" for batch in BATCHES))
    lines = ["| | " + " | ".join(works) + " |", "| --- " * (len(works) + 1) + "|"]
    for name in FRAMEWORKS:
        seconds = results["seconds"][name]
        for way in dict.fromkeys(work.partition(": ")[2] for work in seconds):
            cells = (_milliseconds(seconds.get(f"{work}: {way}")) for work in works)
            lines.append(f"| {TITLES[name]}, {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _milliseconds(times: list[float] | None) -> str:
    if not times:
        return ""
    middle = statistics.median(times) * 1000
    return f"{middle:,.0f}" if middle >= 100 else f"{middle:.2g}"


def _first_table(results: Results) -> str:
    lines = ["| | train | predict |", "| --- | --- | --- |"]
    for name in FRAMEWORKS:
        first = results["about"][name]["first"]
        for way in dict.fromkeys(key.removeprefix("predict ") for key in first):
            cells = (first.get(way), first.get(f"predict {way}"))
            shown = " | ".join("" if cell is None else f"{cell:.2g}" for cell in cells)
            lines.append(f"| {TITLES[name]}, {way} | {shown} |")
    return "\n".join(lines)


def measured_statement(results: Results, framework: str) -> str:
    """Return a framework's measured.toml, which `compare` puts beside the document."""
    words = {"tensorflow": _extremes_words(results)}
    fields = {
        "criterion": "speed",
        "says": words.get(framework) or _ratio_words(medians(results, framework)),
        "source": "docs/claims.md",
        "date": results["date"],
    }
    written = (f"{name} = {json.dumps(value)}" for name, value in fields.items())
    head = f"# Written by {SCRIPT} from docs/claims.json; do not edit.\n"
    return "\n".join([head, "[[measured]]", *written, ""])


def _ratio_words(middle: dict[str, float]) -> str:
    return (
        "Its time over TensorFlow's, for a small network: training "
        f"{middle['train, as most people write it']:.2f}, one answer "
        f"{middle['predict 1 image, eager']:.2f} eager, "
        f"{middle['predict 1 image, compiled']:.2f} compiled, "
        f"{middle['predict 1 image, exported']:.2f} exported to ONNX Runtime."
    )


def _extremes_words(results: Results) -> str:
    seconds = results["seconds"]["tensorflow"]
    exported, eager = (
        f"{statistics.median(seconds[f'predict 1: {way}']) * 1000:.2g} ms"
        for way in (ONNX, "eager")
    )
    return (
        f"One answer took {exported} exported to ONNX Runtime and {eager} eagerly: "
        "the way of predicting matters more than the framework."
    )


def plot(results: Results, path: Path) -> None:
    """Draw each comparison's times relative to TensorFlow."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.5), layout="constrained")
    axes = figure.subplots()
    for offset, framework in ((-0.18, "keras"), (0.18, "pytorch")):
        middle = medians(results, framework)
        for place, (name, ratio) in enumerate(middle.items()):
            found = ratios(results, name, framework)
            color = {"keras": "#d00000", "pytorch": "#ee8133"}[framework]
            label = TITLES[framework] if place == 0 else None
            y = place + offset
            axes.plot([min(found), max(found)], [y, y], color=color, alpha=0.4, lw=4)
            axes.plot(ratio, y, "o", color=color, label=label)
    axes.axvline(1, color="#444444", lw=1)
    axes.axvspan(1 / SAME, SAME, color="#bbbbbb", alpha=0.4, label="the same")
    axes.set_xscale("log")
    axes.set_yticks(range(len(COMPARISONS)), [name for name, _, _ in COMPARISONS])
    axes.invert_yaxis()
    axes.set_xlabel("time relative to TensorFlow: left is faster, right is slower")
    axes.set_title("One small network, one thread, no GPU")
    axes.grid(axis="x", which="both", alpha=0.25)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend(loc="lower left")
    figure.savefig(path, dpi=110, metadata={"Software": None})


def render(results: Results) -> None:
    """Write the page, the plot and the statements."""
    (DOCS / "claims.md").write_text(claims_page(results), "utf-8")
    for name in FRAMEWORKS:
        file = LAYERS / name / "measured.toml"
        file.write_text(measured_statement(results, name), "utf-8")
    plot(results, DOCS / "claims.png")


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tensorflow-python", default=sys.executable)
    parser.add_argument("--pytorch-python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--render", action="store_true", help="from docs/claims.json")
    options = parser.parse_args()
    file = DOCS / "claims.json"
    if not options.render:
        python = options.tensorflow_python
        pythons = {"tensorflow": python, "keras": python}
        pythons["pytorch"] = options.pytorch_python
        results = measure(pythons, options.rounds)
        DOCS.mkdir(exist_ok=True)
        file.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    render(json.loads(file.read_text("utf-8")))


if __name__ == "__main__":
    main()
