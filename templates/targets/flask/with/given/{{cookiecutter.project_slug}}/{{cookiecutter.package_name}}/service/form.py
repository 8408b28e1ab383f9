"""The fields of the page's form, one for each input in the signature."""

from dataclasses import dataclass

import numpy as np

from ..contract import NONE, Signature, TensorSpec
from .payloads import limits

MOST_BOXES = 16  # values of a vector that get a box each, instead of a text in JSON
LEAST_SIDE = 8  # pixels of what may be an image

# Beyond this, the whole numbers of a browser are no longer exact.
LARGEST_EXACT = 2**53 - 1


@dataclass(frozen=True)
class Picture:
    """How an example can be an image: the order of its axes, and its sizes."""

    layout: str  # HW, HWC or CHW
    height: int
    width: int
    channels: int


@dataclass(frozen=True)
class Field:
    """An input as a field of the form: one example, where the model has a batch."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]

    @property
    def words(self) -> str:
        """The shape in words."""
        if not self.shape:
            return "one value"
        if self.shape == (None,):
            return "any number of values"
        sizes = ["any number" if size is None else str(size) for size in self.shape]
        return " by ".join(sizes) + (" value" if self.shape == (1,) else " values")

    @property
    def boxes(self) -> int:
        """How many values get a box each; 0 if the field is a text in JSON."""
        if not self.shape:
            return 1
        size = self.shape[0]
        return size if len(self.shape) == 1 and size and size <= MOST_BOXES else 0

    @property
    def bounds(self) -> tuple[int, int] | None:
        """The least and the largest whole number; None for fractions."""
        if np.dtype(self.dtype).kind == "f":
            return None
        least, largest = limits(np.dtype(self.dtype))
        return max(least, -LARGEST_EXACT), min(largest, LARGEST_EXACT)

    @property
    def picture(self) -> Picture | None:
        """How an image file can fill the field, if one can."""
        if self.dtype in ("bool", "int8"):  # which do not reach from 0 to 255
            return None
        for layout in ("HW", "HWC", "CHW"):
            if len(layout) == len(self.shape):
                sizes = dict(zip(layout, self.shape, strict=True))
                height, width = sizes["H"] or 0, sizes["W"] or 0
                channels = sizes.get("C", 1)
                if min(height, width) >= LEAST_SIDE and channels in (1, 3):
                    return Picture(layout, height, width, channels)
        return None


def fields(signature: Signature) -> list[Field]:
    """Return a field for each input."""
    return [_field(name, spec, signature) for name, spec in signature.inputs.items()]


def _field(name: str, spec: TensorSpec, signature: Signature) -> Field:
    shape = spec.shape if signature.batch == NONE else spec.shape[1:]
    return Field(name, spec.dtype, shape)
