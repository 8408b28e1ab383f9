"""Train the network, save it, and write the reports."""

import argparse
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import BatchSampler, DataLoader, RandomSampler
from tqdm import tqdm

from . import data, model
from .contract import Task
from .contract.dataset import (
    Dataset,
    Examples,
    batch_size,
    batches,
    learn,
    prepared,
)
from .contract.examples import input_specs
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
    task = learn(dataset.train)
    network = Network(model.build(task), input_specs(dataset.train, task))
    with torch.autograd.set_detect_anomaly(debug):
        history = fit(network, task, dataset, epochs, debug)
    return outcome.record(network, task, dataset, history)


def fit(
    network: Network, task: Task, dataset: Dataset, epochs: int, debug: bool
) -> History:
    """Train the network in place and return how it went, epoch by epoch."""
    training = loader(dataset.train, task)
    optimizer = torch.optim.Adam(network.module.parameters(), lr=model.LEARNING_RATE)
    history: History = {"loss": [], "val_loss": [], f"val_{METRIC}": []}
    progress = tqdm(range(epochs), desc="Training", unit="epoch")
    for _ in progress:
        history["loss"].append(run_epoch(network.module, training, optimizer))
        for name, value in evaluate(network, dataset.validation, task).items():
            history[name].append(value)
        progress.set_postfix({name: values[-1] for name, values in history.items()})
        if debug:
            tqdm.write(gradient_norms(network.module))
    return history


def run_epoch(
    module: nn.Module, batches: DataLoader[Any], optimizer: torch.optim.Optimizer
) -> float:
    """Return the mean loss of one pass over the data, learning from each batch."""
    module.train()
    losses = []
    for inputs, targets in batches:
        loss = model.loss(module(*inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


@torch.no_grad()
def evaluate(network: Network, examples: Examples, task: Task) -> dict[str, float]:
    """Return the mean loss and the score on examples that it does not learn from."""
    network.module.eval()
    total = 0.0
    for inputs, targets in batches(examples, task):
        tensors, wanted = to_tensors(inputs, targets)
        total += model.loss(network.module(*tensors), wanted).item() * len(targets)
    outputs = outcome.predict(network, task, examples)
    return {
        "val_loss": total / len(examples),
        f"val_{METRIC}": score(examples.targets, outputs),
    }


class Prepared(torch.utils.data.Dataset[Any]):
    """Examples that are prepared when they are taken, a batch at a time."""

    def __init__(self, examples: Examples, task: Task) -> None:
        """Take the raw examples and how to prepare them."""
        self.examples, self.task = examples, task

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.examples)

    def __getitem__(self, rows: list[int]) -> tuple[list[Tensor], Tensor]:
        """Return the inputs, in order, and the targets of a batch."""
        return to_tensors(*prepared(self.examples.take(rows), self.task))


def loader(examples: Examples, task: Task) -> DataLoader[Any]:
    """Return batches in a new order each epoch."""
    size = batch_size(len(examples))
    order = BatchSampler(RandomSampler(examples), size, drop_last=False)
    return DataLoader(Prepared(examples, task), sampler=order, batch_size=None)


def to_tensors(inputs: Any, targets: Any) -> tuple[list[Tensor], Tensor]:
    """Return the inputs, in order, and the targets as tensors."""
    return [torch.from_numpy(one) for one in inputs.values()], torch.from_numpy(targets)


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
    parser.add_argument("--epochs", type=int, default=20)
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
