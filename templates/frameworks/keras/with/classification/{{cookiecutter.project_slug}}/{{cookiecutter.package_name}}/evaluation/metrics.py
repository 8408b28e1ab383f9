"""What Keras computes after each epoch."""

from .score import METRIC

METRICS = [METRIC]
