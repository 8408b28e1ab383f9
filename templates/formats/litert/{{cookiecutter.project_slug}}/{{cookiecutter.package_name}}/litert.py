"""What every conversion to LiteRT has in common."""

import re

import tensorflow as tf

from .contract import ContractError


def converted(converter: tf.lite.TFLiteConverter) -> bytes:
    """Return the model; raises ContractError for operators that LiteRT lacks."""
    try:
        return bytes(converter.convert())
    except Exception as error:  # the converter's own error is not public
        lacking = sorted(set(re.findall(r"\btf\.(\w+)\(", str(error))))
        reason = ", ".join(lacking) or str(error).partition("\n")[0]
        raise ContractError(
            f"LiteRT cannot run the network; write it with other operators: {reason}"
        ) from error
