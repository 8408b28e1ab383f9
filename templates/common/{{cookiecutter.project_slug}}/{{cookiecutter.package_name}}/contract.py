"""The contract between the trained model and whatever serves it.

`export` writes two files beside the model: `signature.json` says what goes in and what
comes out, `golden.json` holds examples with the outputs that the training framework
gave for them. The smoke tests hold every runtime and server to both.
"""

{% include "partials/contract/imports.py" ignore missing %}
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIGNATURE_FILE = "signature.json"
GOLDEN_FILE = "golden.json"

# What the first dimension of every input and output is: any number of examples, each
# answered on its own; so many as the shape says; or nothing of that kind.
FREE, FIXED, NONE = "free", "fixed", "none"

Tensors = Mapping[str, NDArray[Any]]


class ContractError(Exception):
    """The model and its contract do not agree; the message says what to do."""


@dataclass(frozen=True)
class TensorSpec:
    """One input or output; None in the shape stands for a free dimension."""

    dtype: str
    shape: tuple[int | None, ...]


{% include "partials/contract/preprocessing.py" ignore missing %}
@dataclass(frozen=True)
class Tolerance:
    """How far a served output may lie from the training framework's."""

    absolute: float = 1e-5
    relative: float = 1e-4


@dataclass(frozen=True)
class Signature:
    """What is served: inputs and outputs, origin, and the digest of the artifact."""

    name: str
    format: str
    artifact: str  # path, relative to the folder of signature.json
    sha256: str
    framework: str
    framework_version: str
    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]
    batch: str  # FREE, FIXED or NONE
{% include "partials/contract/fields.py" ignore missing %}
    tolerance: Tolerance

    def write(self, folder: Path) -> None:
        """Write `signature.json` into the folder."""
        text = json.dumps(asdict(self), indent=2) + "\n"
        (folder / SIGNATURE_FILE).write_text(text, "utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Signature":
        """Return the signature in the folder; raise ContractError if there is none."""
        fields = _read_json(folder / SIGNATURE_FILE)
        try:
            fields["inputs"] = _specs(fields["inputs"])
            fields["outputs"] = _specs(fields["outputs"])
{% include "partials/contract/read.py" ignore missing %}
            fields["tolerance"] = Tolerance(**fields["tolerance"])
            return cls(**fields)
        except (KeyError, TypeError) as error:
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


@dataclass(frozen=True)
class Golden:
    """Examples, and the outputs that the training framework gave for them."""

    inputs: Tensors
    outputs: Tensors

    def write(self, folder: Path) -> None:
        """Write `golden.json` into the folder."""
        fields = {"inputs": to_lists(self.inputs), "outputs": to_lists(self.outputs)}
        (folder / GOLDEN_FILE).write_text(json.dumps(fields) + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path, signature: Signature) -> "Golden":
        """Return the examples in the folder, in the signature's data types."""
        fields = _read_json(folder / GOLDEN_FILE)
        try:
            inputs = _arrays(fields["inputs"], signature.inputs)
            outputs = _arrays(fields["outputs"], signature.outputs)
            return cls(inputs, outputs)
        except (KeyError, TypeError, ValueError) as error:
            message = f"{folder}: {GOLDEN_FILE} does not fit; export again."
            raise ContractError(message) from error


def check_parity(expected: Tensors, actual: Tensors, tolerance: Tolerance) -> float:
    """Return the largest difference; raise ContractError where it is too large."""
    largest = 0.0
    for name, want in expected.items():
        if name not in actual:
            raise ContractError(f"The artifact has no output {name!r}.")
        got = actual[name]
        if got.shape != want.shape:
            raise ContractError(f"{name!r} has shape {got.shape}, not {want.shape}.")
        off = distance(got, want)
        if off and not is_close(got, want, tolerance):
            raise ContractError(f"{name!r} is off the trained model by {off:g}.")
        largest = max(largest, off)
    return largest


def is_close(got: NDArray[Any], want: NDArray[Any], tolerance: Tolerance) -> bool:
    """Return whether numbers are as close as the tolerance asks; texts never are."""
    return want.dtype.kind != "U" and np.allclose(
        got, want, tolerance.relative, tolerance.absolute
    )


def distance(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the largest difference between two tensors; infinite for unlike texts."""
    if one.dtype.kind == "U":
        return 0.0 if np.array_equal(one, other) else np.inf
    return float(np.max(np.abs(np.subtract(one, other, dtype=np.float64)), initial=0))


{% include ["partials/contract/strings.py", "partials/contract/arrays.py"] %}
def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's file names and contents."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    total = hashlib.sha256()
    for part in sorted(part for part in path.rglob("*") if part.is_file()):
        total.update(part.relative_to(path).as_posix().encode() + b"\0")
        total.update(digest(part).encode())
    return total.hexdigest()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        fields = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ContractError(f"{path} is missing: export the model first.") from error
    except OSError as error:
        raise ContractError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ContractError(f"{path} is not JSON: export the model again.") from error
    if not isinstance(fields, dict):
        raise ContractError(f"{path} is not a JSON object: export the model again.")
    return fields


def _specs(fields: dict[str, Any]) -> dict[str, TensorSpec]:
    return {
        name: TensorSpec(spec["dtype"], tuple(spec["shape"]))
        for name, spec in fields.items()
    }


def _arrays(lists: dict[str, Any], specs: dict[str, TensorSpec]) -> Tensors:
    return {name: to_array(lists[name], spec.dtype) for name, spec in specs.items()}
