"""Convert the model to ONNX."""

from pathlib import Path
from typing import Any

import tf2onnx

from ..model import serving


def write_artifact(network: Any, path: Path) -> None:
    """Write the model with its named inputs and outputs, free dimensions left free."""
    graph = serving(network)
    tf2onnx.convert.from_function(
        graph, graph.input_signature, opset=18, output_path=str(path)
    )
