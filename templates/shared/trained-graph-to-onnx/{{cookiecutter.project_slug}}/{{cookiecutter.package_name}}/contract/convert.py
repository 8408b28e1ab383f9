"""Convert the network to ONNX."""

from pathlib import Path

import tf2onnx

from .graphs import exporting_to, serving
from .network import Network


def write_artifact(network: Network, path: Path) -> None:
    """Write the network with its named inputs and outputs and its free dimensions.

    Raises ContractError where ONNX cannot express the network.
    """
    graph = serving(network.serve, network.inputs)
    with exporting_to("ONNX"):
        tf2onnx.convert.from_function(
            graph, graph.input_signature, opset=18, output_path=str(path)
        )
