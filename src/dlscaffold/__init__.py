"""Generate a tested deployment project for a TensorFlow, Keras or PyTorch model."""

__version__ = "0.1.0"
