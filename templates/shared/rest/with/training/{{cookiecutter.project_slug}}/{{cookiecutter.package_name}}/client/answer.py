"""What the clients' commands print."""

from ..contract import Signature, Tensors
from ..contract.answers import answers
from ..contract.answers import show as show_one


def show(outputs: Tensors, signature: Signature) -> str:
    """Return the answer for one example, as a person reads it."""
    return show_one(answers(outputs, signature.task)[0])
