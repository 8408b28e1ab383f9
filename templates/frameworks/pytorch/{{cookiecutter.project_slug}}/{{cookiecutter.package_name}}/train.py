"""Train the network, save it, and write the reports."""

import argparse
from collections import defaultdict
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from . import data, model
from .contract import Task
from .contract.dataset import Dataset, Examples, batch_size, learn, prepared
from .contract.network import Network
from .evaluation import outcome
from .evaluation.history import History
from .evaluation.score import METRIC, score
from .settings import SEED


def train(epochs: int, seed: int, debug: bool = False) -> str:
    """Train from scratch and return how well held-out examples are answered."""
    torch.manual_seed(seed)
    # Examples this small are slower in many threads; leave this out for larger ones.
    torch.set_num_threads(1)
    dataset = data.load()
    task, inputs = learn(dataset.train)
    network = Network(model.build(task), task, inputs)
    with torch.autograd.set_detect_anomaly(debug):
        history = fit(network, dataset, epochs, debug)
    return outcome.record(network, dataset, history)


def fit(network: Network, dataset: Dataset, epochs: int, debug: bool) -> History:
    """Train the network in place and return how it went, epoch by epoch."""
    training = loader(dataset.train, network.task)
    validation = loader(dataset.validation, network.task)
    optimizer = torch.optim.Adam(network.module.parameters(), lr=model.LEARNING_RATE)
    history: History = defaultdict(list)
    progress = tqdm(range(epochs), desc="Training", unit="epoch")
    for _ in progress:
        history["loss"].append(run_epoch(network.module, training, optimizer))
        with torch.no_grad():
            history["val_loss"].append(run_epoch(network.module, validation))
        outputs = outcome.predict(network, dataset.validation)
        history[f"val_{METRIC}"].append(score(dataset.validation.targets, outputs))
        progress.set_postfix({name: values[-1] for name, values in history.items()})
        if debug:
            tqdm.write(gradient_norms(network.module))
    return history


def run_epoch(
    module: nn.Module,
    batches: DataLoader[Any],
    optimizer: torch.optim.Optimizer | None = None,
) -> float:
    """Return the mean loss of one pass over the data; learn with an optimizer."""
    module.train(optimizer is not None)
    losses = []
    for inputs, targets in batches:
        loss = model.loss(module(*inputs), targets)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def loader(examples: Examples, task: Task) -> DataLoader[Any]:
    """Return batches in a new order each epoch: inputs, in order, and targets."""

    def collate(rows: list[int]) -> tuple[list[Tensor], Tensor]:
        inputs, targets = prepared(examples.take(rows), task)
        tensors = [torch.from_numpy(array) for array in inputs.values()]
        return tensors, torch.from_numpy(targets)

    rows: Any = range(len(examples))  # has what a dataset needs: a length, and items
    size = batch_size(len(examples))
    return DataLoader(rows, size, shuffle=True, collate_fn=collate)


def gradient_norms(network: nn.Module) -> str:
    """Return the size of each parameter's last gradient: none should die or explode."""
    return "  ".join(
        f"{name} {parameter.grad.norm():.2g}"
        for name, parameter in network.named_parameters()
        if parameter.grad is not None
    )


def main() -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default={{ cookiecutter._epochs | default(20) }})
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--debug",
        action="store_true",
        help="stop at the operation that makes a NaN, and print gradient norms",
    )
    options = parser.parse_args()
    if options.epochs < 1 or not 0 <= options.seed < 2**32:
        parser.error("--epochs is at least 1, and --seed from 0 to 4294967295")
    print(train(options.epochs, options.seed, options.debug))


if __name__ == "__main__":
    main()
