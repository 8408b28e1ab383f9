"""The network as torch's exporters take it."""

from ..model import with_probabilities as served

__all__ = ["served"]
