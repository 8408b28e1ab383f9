"""What training leaves beside the weights, as `models/trained.json`."""

from dataclasses import asdict, dataclass
from pathlib import Path

from .files import ContractError, read_json, write_json
from .signature import TensorSpec, specs
from .task import Task

TRAINED_FILE = "trained.json"


@dataclass(frozen=True)
class Trained:
    """The task as it was learnt, and how well held-out examples were answered."""

    task: Task
    inputs: dict[str, TensorSpec]
    outputs: list[str]
    metric: str
    score: float
    held_out: list[int]  # the rows of `data.read()` that the score is of
    sources: dict[str, str]  # the digests of data and code that it was trained from

    def write(self, folder: Path) -> None:
        """Write `trained.json` into the folder."""
        write_json(folder / TRAINED_FILE, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Trained":
        """Return what is in the folder; raise ContractError if nothing is."""
        file = folder / TRAINED_FILE
        fields = read_json(file, "train")
        try:
            fields["task"] = Task.take(fields["task"])
            fields["inputs"] = specs(fields["inputs"])
            return cls(**fields)
        except (KeyError, TypeError) as error:
            raise ContractError(f"{file} is not complete: train again.") from error
