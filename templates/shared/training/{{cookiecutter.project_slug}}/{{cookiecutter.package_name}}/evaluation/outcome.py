"""What training ends with: the network in `models/`, and the reports."""

import json
from typing import Any

import numpy as np

from ..contract.dataset import Dataset, Examples, batches
from ..contract.examples import training_sources
from ..contract.network import Network
from ..contract.tensors import Tensors
from ..contract.trained import Trained
from ..settings import MODELS, REPORTS
from . import report
from .held_out import MOST
from .history import History
from .score import METRIC, baseline, score


def record(network: Network, task: Any, dataset: Dataset, history: History) -> str:
    """Save the network, write the reports, and return how well it does, in words."""
    test = dataset.test
    outputs = predict(network, task, test)
    first = slice(0, MOST)
    network.save(MODELS)
    Trained(
        task=task,
        inputs=network.inputs,
        outputs=list(outputs),
        metric=METRIC,
        score=score(
            test.targets[first], {name: out[first] for name, out in outputs.items()}
        ),
        held_out=dataset.test_rows[first].tolist(),
        sources=training_sources(),
    ).write(MODELS)
    metrics = {
        "metric": METRIC,
        "score": score(test.targets, outputs),
        "baseline": baseline(dataset.train.targets, test.targets),
        "examples": len(test),
        "history": history,
    }
    REPORTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(metrics, indent=2) + "\n"
    (REPORTS / "metrics.json").write_text(text, "utf-8")
    report.write(REPORTS, history, test, outputs)
    return (
        f"Held-out examples: {METRIC} {metrics['score']:.3f}, "
        f"baseline {metrics['baseline']:.3f}; reports in {REPORTS}"
    )


def predict(network: Network, task: Any, examples: Examples) -> Tensors:
    """Return the outputs for raw examples, which need not fit in memory prepared."""
    parts = [network.predict(inputs) for inputs, _ in batches(examples, task)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
