"""What training ends with: the network in `models/`, and the reports."""

from pathlib import Path

import numpy as np

from ..contract import Tensors, digest
from ..contract.dataset import Dataset, Examples, batches
from ..contract.files import write_json
from ..contract.network import Network
from ..contract.trained import Trained
from ..settings import MODELS, REPORTS
from . import report
from .held_out import MOST
from .history import History
from .score import METRIC, baseline, score

PACKAGE = Path(__file__).parents[1]
# What a network is trained from, beside the data.
CODE = ("data.py", "prepare.py", "contract/preprocessing.py", "model.py")


def record(network: Network, dataset: Dataset, history: History) -> str:
    """Save the network, write the reports, and return how well it does, in words."""
    test = dataset.test
    outputs = predict(network, test)
    first = {name: output[:MOST] for name, output in outputs.items()}
    network.save(MODELS)
    Trained(
        task=network.task,
        inputs=network.inputs,
        outputs=list(outputs),
        metric=METRIC,
        score=score(test.targets[:MOST], first),
        held_out=dataset.test_rows[:MOST].tolist(),
        sources={f"{PACKAGE.name}/{name}": digest(PACKAGE / name) for name in CODE},
    ).write(MODELS)
    metrics = {
        "metric": METRIC,
        "score": score(test.targets, outputs),
        "baseline": baseline(dataset.train.targets, test.targets),
        "examples": len(test),
        "history": history,
    }
    write_json(REPORTS / "metrics.json", metrics)
    report.write(REPORTS, history, test, outputs)
    return (
        f"Held-out examples: {METRIC} {metrics['score']:.3f}, "
        f"baseline {metrics['baseline']:.3f}; reports in {REPORTS}"
    )


def predict(network: Network, examples: Examples) -> Tensors:
    """Return the outputs for raw examples, which need not fit in memory prepared."""
    parts = list(map(network.predict, batches(examples, network.task)))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
