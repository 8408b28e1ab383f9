"""The signature: what is served, written beside the model as `signature.json`."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .files import ContractError, changed, digest, read_json, write_json
from .parity import Tolerance
from .task import Task

SIGNATURE_FILE = "signature.json"

# What the first dimension of every input and output is: any number of examples, each
# answered on its own; as many as the shape says; or nothing of that kind.
FREE, FIXED, NONE = "free", "fixed", "none"


@dataclass(frozen=True)
class TensorSpec:
    """One input or output; None in the shape stands for a free dimension."""

    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class Signature:
    """What is served: inputs and outputs, origin, and the digest of the artifact."""

    name: str
    format: str
    artifact: str  # path, relative to the folder of signature.json
    sha256: str
    sources: dict[str, str]  # the digests of what the artifact was made from, by path
    framework: str
    framework_version: str
    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]
    batch: str  # FREE, FIXED or NONE
    task: Task  # in the file, its fields stand beside the others
    tolerance: Tolerance

    def write(self, folder: Path) -> None:
        """Write `signature.json` into the folder."""
        fields = asdict(self)
        fields |= fields.pop("task")
        write_json(folder / SIGNATURE_FILE, fields)

    @classmethod
    def read(cls, folder: Path) -> "Signature":
        """Return the signature in the folder; raise ContractError if there is none."""
        fields = read_json(folder / SIGNATURE_FILE)
        try:
            fields["inputs"] = specs(fields["inputs"])
            fields["outputs"] = specs(fields["outputs"])
            fields["tolerance"] = Tolerance(**fields["tolerance"])
            fields["task"] = Task.take(fields)
            return cls(**fields)
        except (AttributeError, KeyError, TypeError) as error:
            message = f"{folder / SIGNATURE_FILE} is not a signature: export again."
            raise ContractError(message) from error

    def verify(self, folder: Path) -> Path:
        """Return the artifact's path; raise ContractError if it is another one."""
        path = folder / self.artifact
        if not path.exists():
            raise ContractError(f"{path} is missing: export the model again.")
        if digest(path) != self.sha256:
            raise ContractError(
                f"{path} is not the file that {SIGNATURE_FILE} names: export again."
            )
        return path

    def staleness(self) -> str:
        """Return which of the artifact's sources changed since, or nothing."""
        if not (paths := changed(self.sources)):
            return ""
        package = __name__.partition(".")[0]
        steps = ["train", "export"] if paths != ["models"] else ["export"]
        commands = " and ".join(f"`python -m {package}.{step}`" for step in steps)
        return f"{' and '.join(paths)} changed after the export: run {commands}."


def specs(fields: dict[str, Any]) -> dict[str, TensorSpec]:
    """Return tensor specs by name, from those of a JSON file."""
    return {
        name: TensorSpec(spec["dtype"], tuple(spec["shape"]))
        for name, spec in fields.items()
    }
