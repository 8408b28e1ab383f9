"""Train the network, save it, and write the reports."""

import argparse

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset
from tqdm import tqdm

from . import data, model
from .evaluation import report
from .settings import MODELS, REPORTS, SEED

BATCH = 64


def train(epochs: int, seed: int, debug: bool = False) -> float:
    """Train from scratch and return the accuracy on held-out examples."""
    torch.manual_seed(seed)
    # Images this small are slower in many threads; leave this out for larger ones.
    torch.set_num_threads(1)
    digits = data.load()
    network = model.build()
    with torch.autograd.set_detect_anomaly(debug):
        history = fit(network, digits, epochs, debug)
    model.save(network, MODELS)
    probabilities = model.predict(network, digits.test.images)
    return report.write(REPORTS, history, digits.test, probabilities, data.LABELS)


def fit(
    network: nn.Module, digits: data.Dataset, epochs: int, debug: bool
) -> report.History:
    """Train the network in place and return how it went, epoch by epoch."""
    training = loader(digits.train, shuffle=True)
    validation = loader(digits.validation, shuffle=False)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    history = report.History()
    progress = tqdm(range(epochs), desc="Training", unit="epoch")
    for _ in progress:
        trained = run_epoch(network, training, optimizer)
        with torch.no_grad():
            held = run_epoch(network, validation)
        history.add(trained, held)
        progress.set_postfix(loss=trained[0], validation_accuracy=held[1])
        if debug:
            tqdm.write(gradient_norms(network))
    return history


def run_epoch(
    network: nn.Module,
    batches: DataLoader[tuple[Tensor, ...]],
    optimizer: torch.optim.Optimizer | None = None,
) -> tuple[float, float]:
    """Return loss and accuracy of one pass over the data; learn with an optimizer."""
    network.train(optimizer is not None)
    total, correct, count = 0.0, 0, 0
    for images, labels in batches:
        logits = network(images)
        loss = nn.functional.cross_entropy(logits, labels)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(labels)
        correct += int((logits.argmax(dim=1) == labels).sum())
        count += len(labels)
    return total / count, correct / count


def loader(split: data.Split, shuffle: bool) -> DataLoader[tuple[Tensor, ...]]:
    """Return batches of images (batch, 8, 8) and labels (batch,)."""
    tensors = TensorDataset(*(torch.from_numpy(array) for array in split))
    return DataLoader(tensors, batch_size=BATCH, shuffle=shuffle)


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
    accuracy = train(options.epochs, options.seed, options.debug)
    print(f"Accuracy on held-out examples: {accuracy:.1%}; reports in {REPORTS}")


if __name__ == "__main__":
    main()
