"""The kinds of model files: how each is recognized, and which reader reads it.

A new format is a row here and a module in `readers/`. Which layer loads a kind is said
in the `layer.toml` of `templates/models/<name>`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

ZIP = b"PK\3\4"
HDF5 = b"\x89HDF\r\n\x1a\n"
# Members of archives that tell kinds of them apart.
BYTECODE, CONSTANTS = r"[^/]+/bytecode\.pkl", r"[^/]+/constants\.pkl"
PROGRAM = r"([^/]+/)?(models/[^/]+|serialized_exported_program)\.json"


@dataclass(frozen=True)
class Kind:
    """A format. A file is of the first kind in the table that matches it.

    `start` is what its bytes are at `offset`, `member` a pattern for a member of the
    archive that it is. `suffix` is for what nothing else tells from other files.
    """

    name: str
    reader: str
    title: str
    start: bytes = b""
    offset: int = 0
    member: str = ""
    suffix: str = ""
    needs_framework: bool = False  # to be read

    def matches(self, head: bytes, suffix: str, members: Iterable[str]) -> bool:
        """Whether a file that starts like this, with these members, is of this kind."""
        if self.suffix and suffix != self.suffix:
            return False
        if not head[self.offset :].startswith(self.start):
            return False
        return not self.member or any(re.fullmatch(self.member, m) for m in members)


SAVED_MODEL_FILE = "saved_model.pb"  # in a folder
SAVED_MODEL = Kind("saved-model", "saved_model", "SavedModel")

FILES = (
    Kind("keras", "keras", "Keras archive", member=r"metadata\.json"),
    Kind("lite-interpreter", "torchscript", "lite-interpreter file", member=BYTECODE),
    Kind("torchscript", "torchscript", "TorchScript archive", member=CONSTANTS),
    Kind("torch-export", "torch_export", "torch.export program", member=PROGRAM),
    Kind("pickle", "pickled", "pickle", member=r"([^/]+/)?data\.pkl"),
    Kind("hdf5", "hdf5", "Keras HDF5 file", HDF5, needs_framework=True),
    Kind("litert", "litert", "LiteRT model", b"TFL3", offset=4),
    Kind("executorch", "executorch", "ExecuTorch program", b"ET1", offset=4),
    # Protocols 2 to 5; older ones are text and start like anything else.
    *(Kind("pickle", "pickled", "pickle", bytes([0x80, n])) for n in range(2, 6)),
    # A protocol buffer has no mark; ONNX files start with their version's field.
    Kind("onnx", "onnx", "ONNX file", b"\x08"),
    Kind("onnx", "onnx", "ONNX file", suffix=".onnx"),
)
