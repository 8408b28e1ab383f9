"""The weights of an ONNX file: how large they are, and where their data is."""

import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.protobuf import Message
from dlscaffold.models.schemas import Schema
from dlscaffold.models.values import count

pb = Schema("onnx")

BITS = {"bool": 8, "string": 0}  # others have the bits in their names


class Weight(NamedTuple):
    """A tensor that the file holds, without its data.

    `place` says where in which other file the data is, if it is not in the model's own.
    """

    name: str
    sizes: tuple[int, ...]
    dtype: str
    place: dict[str, str] | None

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
    location = tensor.number(pb.TensorProto.data_location)
    is_external = location == pb.DataLocation.EXTERNAL
    key, value = pb.StringStringEntryProto.key, pb.StringStringEntryProto.value
    entries = tensor.every(pb.TensorProto.external_data)
    place = {entry.text(key): entry.text(value) for entry in entries}
    weight = Weight(
        tensor.text(pb.TensorProto.name),
        tuple(tensor.numbers(pb.TensorProto.dims)),
        pb.DataType.name_of(tensor.number(pb.TensorProto.data_type)) or "string",
        place if is_external else None,
    )
    data = None if is_external else tensor.first(pb.TensorProto.raw_data)
    if data is not None and len(data) != weight.size:
        raise MalformedError(
            f"the weight {weight.name!r} should take {weight.size:,} bytes and takes "
            f"{len(data):,}"
        )
    return weight


def external_files(weights: Iterable[Weight], folder: Path) -> dict[str, int]:
    """Return the sizes of the files that hold weights, by their paths in the folder.

    Raises MalformedError where one is missing, or does not hold all of its weights.
    """
    sizes: dict[str, int] = {}
    for weight in weights:
        if weight.place is None:
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
    file, above = folder / path, os.path.realpath(folder) + os.sep
    is_odd = is_odd or is_hidden or not path.parts
    # It must be below the folder also after following links.
    if is_odd or not os.path.realpath(file).startswith(above):
        raise MalformedError(f"its weights are outside of its folder, at {location!r}")
    if not file.is_file():
        raise MalformedError(f"the file of its weights, {location!r}, is not beside it")
    return file
