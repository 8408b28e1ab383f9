"""What is wrong with a network, in one sentence that names the file to change."""

import re

from .files import ContractError
from .tensors import Tensors

LONGEST = 300  # characters of a framework's own words
COLOURS = re.compile(r"\x1b\[[\d;]*m")
# The calls that TensorFlow puts before its message: places, each with a line of code.
CALLS = re.compile(r'in user code:\n|^ *File ".*\n( {8}.*\n)?', re.MULTILINE)


def of_inputs(inputs: Tensors, error: BaseException) -> ContractError:
    """Return the error for a network that does not take these inputs."""
    parts = (f"{name} {part.dtype} {part.shape}" for name, part in inputs.items())
    return ContractError(
        f"The network does not take what prepare.py makes, {', '.join(parts)}; "
        f"change model.py or prepare.py: {reason(error)}"
    )


def of_export(title: str, error: BaseException) -> ContractError:
    """Return the error for a network that cannot be exported to a format."""
    return ContractError(
        f"The network cannot be exported to {title}; in model.py, use other operators, "
        f"and none of Python's if on values: {reason(error)}"
    )


def reason(error: object) -> str:
    """Return a framework's message on one line, without colours and calls."""
    plain = CALLS.sub("", COLOURS.sub("", str(error)))
    return " ".join(plain.split())[:LONGEST] or type(error).__name__
