"""Convert the Keras network to ONNX."""

from pathlib import Path

import keras
import tensorflow as tf
import tf2onnx


def write_artifact(network: keras.Model, path: Path) -> None:
    """Write the network with one named input and output and a free batch dimension."""
    specs = [tf.TensorSpec(network.input_shape, tf.float32, name="image")]

    @tf.function(input_signature=specs)
    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probabilities": network(image, training=False)}

    tf2onnx.convert.from_function(serve, specs, opset=18, output_path=str(path))
