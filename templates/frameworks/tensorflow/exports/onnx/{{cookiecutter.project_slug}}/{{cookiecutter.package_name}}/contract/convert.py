"""Convert the serving graph to ONNX."""

from pathlib import Path

import tf2onnx

from ..model import DigitClassifier


def write_artifact(network: DigitClassifier, path: Path) -> None:
    """Write the graph with its named input and output and a free batch dimension."""
    tf2onnx.convert.from_function(
        network.serve,
        network.serve.input_signature,
        opset=18,
        output_path=str(path),
    )
