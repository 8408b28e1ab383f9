"""The weights of an ONNX file: how large they are, and where their data is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.protobuf import Message, message, signed
from dlscaffold.models.schemas import onnx as pb
from dlscaffold.models.values import count

BITS = {"bool": 8, "string": 0}  # others have the bits in their names


@dataclass
class Weight:
    """A tensor that the file holds, without its data.

    `raw` is the number of bytes in the file itself; `place` says where in which other
    file the data is.
    """

    name: str = ""
    sizes: list[int] = field(default_factory=list)
    dtype: str = "string"
    raw: int | None = None
    is_external: bool = False
    place: dict[str, str] = field(default_factory=dict)

    @property
    def elements(self) -> int:
        """How many numbers the weight has."""
        return count(self.sizes)

    @property
    def size(self) -> int:
        """How many bytes its data takes."""
        digits = re.search(r"\d+", self.dtype)
        bits = int(digits.group()) if digits else BITS[self.dtype]
        return -(-self.elements * bits // 8)


def read_weight(tensor: Message) -> Weight:
    """Return the weight that a TensorProto is; its data is skipped."""
    weight = Weight()
    for number, value in tensor.fields():
        if number == pb.TENSOR.dims:
            packed = [value] if isinstance(value, int) else value.as_numbers()
            weight.sizes += map(signed, packed)
        elif number == pb.TENSOR.data_type and isinstance(value, int):
            weight.dtype = pb.DTYPES.get(value, "string")
        elif number == pb.TENSOR.name:
            weight.name = message(value).as_text()
        elif number == pb.TENSOR.raw_data:
            weight.raw = len(message(value))
        elif number == pb.TENSOR.external_data:
            entry = message(value)
            weight.place[entry.text(pb.ENTRY.key)] = entry.text(pb.ENTRY.value)
        elif number == pb.TENSOR.data_location:
            weight.is_external = value == pb.EXTERNAL
    if weight.raw not in (None, weight.size) and not weight.is_external:
        raise MalformedError(
            f"the weight {weight.name!r} should take {weight.size:,} bytes and takes "
            f"{weight.raw:,}"
        )
    return weight


def external_files(weights: Iterable[Weight], folder: Path) -> dict[str, int]:
    """Return the sizes of the files that hold weights, by their paths in the folder.

    Raises MalformedError where one is missing, or does not hold all of its weights.
    """
    sizes: dict[str, int] = {}
    for weight in weights:
        if not weight.is_external:
            continue
        location = weight.place.get("location", "")
        if location not in sizes:
            sizes[location] = external_file(location, folder).stat().st_size
        try:
            start = int(weight.place.get("offset") or 0)
            length = int(weight.place.get("length") or weight.size)
        except ValueError as error:
            raise MalformedError("the place of a weight is not a number") from error
        if start < 0 or length < weight.size or start + length > sizes[location]:
            raise MalformedError(f"{location} does not hold the weight {weight.name!r}")
    return sizes


def external_file(location: str, folder: Path) -> Path:
    """Return the file of weights, which must be in the model's folder or below it."""
    path = PurePosixPath(location)
    # No file of a hidden folder is part of a model.
    is_hidden = any(part.startswith(".") for part in path.parts)
    is_odd = path.is_absolute() or any(one in location for one in ":\\\0")
    file = folder / path
    if not path.parts or is_hidden or is_odd or not is_below(file, folder):
        raise MalformedError(f"its weights are outside of its folder, at {location!r}")
    if not file.is_file():
        raise MalformedError(f"the file of its weights, {location!r}, is not beside it")
    return file


def is_below(file: Path, folder: Path) -> bool:
    """Whether a file is in a folder also after following links."""
    return os.path.realpath(file).startswith(os.path.realpath(folder) + os.sep)
