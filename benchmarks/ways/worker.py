"""One framework in a process of its own: trains and predicts on request.

On one thread, and in processor time, so that whatever else the machine does counts as
little as can be.

Run by benchmarks/frameworks.py with an interpreter that has the framework. Reads one
JSON request a line on standard input and answers each with a line on standard output.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

import numpy as np
from sklearn.datasets import load_digits

TOLERANCE = 1e-4
WARM_UP_CALLS = 3


def main() -> None:
    """Train once each way, then answer requests until there are no more."""
    answers = claim_stdout()
    ways = importlib.import_module(f"{sys.argv[1]}_ways")
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)
    labels = digits.target.astype(np.int64)
    trainers: dict[str, Any] = {}
    first: dict[str, float] = {}
    for name, trainer in ways.trainers(images, labels).items():
        trainers[name] = trainer
        first[name] = waiting(lambda trainer=trainer: trainer(1))
    accuracy = ways.finish(images, labels)
    predictors = ways.predictors()
    for name, predict in predictors.items():
        first[f"predict {name}"] = waiting(lambda predict=predict: predict(images[:1]))
    agree(predictors, images)
    for trainer in trainers.values():
        trainer(1)  # again, as some compile anew after the first evaluation
    reply(
        answers,
        version=ways.VERSION,
        accuracy=accuracy,
        first=first,
        trainers=list(trainers),
        predictors=list(predictors),
    )
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "train":
            spent = per_epoch(trainers[request["way"]], request["epochs"])
        else:
            batch = images[: request["batch"]]
            spent = per_call(predictors[request["way"]], batch, request["seconds"])
        reply(answers, seconds=spent)


def claim_stdout() -> TextIO:
    """Return the real standard output, and send what the frameworks print to stderr."""
    real = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return real


def reply(answers: TextIO, **fields: Any) -> None:
    """Write one line of JSON."""
    answers.write(json.dumps(fields) + "\n")
    answers.flush()


def seconds(call: Callable[[], object]) -> float:
    """Return how much processor time one call takes."""
    start = time.process_time()
    call()
    return time.process_time() - start


def waiting(call: Callable[[], object]) -> float:
    """Return how long one has to wait for a call, compilers that it runs included."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def per_epoch(trainer: Callable[[int], None], epochs: int) -> float:
    """Return the time of one epoch of several."""
    return seconds(lambda: trainer(epochs)) / epochs


def per_call(predict: Callable[[Any], Any], batch: Any, budget: float) -> float:
    """Return the time of one prediction, from as many as fit into the budget."""
    for _ in range(WARM_UP_CALLS):
        predict(batch)
    calls = max(1, int(budget / max(seconds(lambda: predict(batch)), 1e-7)))
    return seconds(lambda: [predict(batch) for _ in range(calls)]) / calls


def agree(predictors: dict[str, Callable[[Any], Any]], images: Any) -> None:
    """Fail unless every way gives the same probabilities: a wrong way may be fast."""
    reference = None
    for name, predict in predictors.items():
        for batch in (images[:1], images[:128]):
            actual = np.asarray(predict(batch))
            if actual.shape != (len(batch), 10):
                raise SystemExit(f"{name} answers with the shape {actual.shape}")
        reference = actual if reference is None else reference
        worst = float(np.max(np.abs(actual - reference)))
        if worst > TOLERANCE:
            raise SystemExit(f"{name} differs from the first way by {worst:g}")


if __name__ == "__main__":
    main()
