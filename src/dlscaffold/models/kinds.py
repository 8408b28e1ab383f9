"""The kinds of model files: how each is told from others, and what it becomes.

A new format is a row here and a module that has `read(source) -> Contents`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ZIP = b"PK\3\4"


@dataclass(frozen=True)
class Kind:
    """A format; it is the first row whose marks a file bears.

    `framework` is the layer in `templates/frameworks` that it is trained in. `layer` is
    the one in `templates/models` that loads it, where that has another name than the
    kind; what that layer exports is what the model is already, or can become.
    """

    name: str
    title: str
    reader: str
    framework: str | None
    start: bytes = b""  # what its bytes are at `offset`
    offset: int = 0
    member: str = ""  # a pattern for a member of the archive that it is
    suffix: str = ""  # where nothing else tells it
    layer: str = ""
    needs_framework: bool = False  # to be read

    def matches(self, head: bytes, suffix: str, members: Iterable[str]) -> bool:
        """Whether a file that starts like this, with these members, is of this kind."""
        if self.suffix and suffix != self.suffix:
            return False
        if not head[self.offset :].startswith(self.start):
            return False
        return not self.member or any(re.fullmatch(self.member, m) for m in members)


SAVED_MODEL = Kind(
    "saved-model",
    "SavedModel",
    "saved_model",
    "tensorflow",
)

FILES = (
    Kind(
        "keras",
        "Keras archive",
        "keras_config",
        "keras",
        ZIP,
        member=r"metadata\.json",
    ),
    Kind(
        "lite-interpreter",
        "lite-interpreter file",
        "torchscript",
        "pytorch",
        ZIP,
        member=r"[^/]+/bytecode\.pkl",
    ),
    Kind(
        "torchscript",
        "TorchScript archive",
        "torchscript",
        "pytorch",
        ZIP,
        member=r"[^/]+/constants\.pkl",
    ),
    Kind(
        "torch-export",
        "torch.export program",
        "exported",
        "pytorch",
        ZIP,
        member=r"([^/]+/)?(models/[^/]+|serialized_exported_program)\.json",
    ),
    Kind("pickle", "pickle", "pickled", "pytorch", ZIP, member=r"([^/]+/)?data\.pkl"),
    Kind(
        "hdf5",
        "Keras HDF5 file",
        "hdf5",
        "keras",
        b"\x89HDF\r\n\x1a\n",
        layer="keras",
        needs_framework=True,
    ),
    Kind("litert", "LiteRT model", "litert", None, b"TFL3", offset=4),
    Kind(
        "executorch",
        "ExecuTorch program",
        "executorch",
        "pytorch",
        b"ET1",
        offset=4,
    ),
    # Protocols 2 to 5; older ones are text and start like anything else.
    *(
        Kind("pickle", "pickle", "pickled", "pytorch", bytes([0x80, protocol]))
        for protocol in range(2, 6)
    ),
    # A protocol buffer has no mark; ONNX files start with their version's field.
    Kind("onnx", "ONNX file", "onnx", None, b"\x08"),
    Kind("onnx", "ONNX file", "onnx", None, suffix=".onnx"),
)
