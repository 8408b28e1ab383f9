"""Reads and checks the data that a project is to be made for, before it is written."""

from dlscaffold.data.description import Data
from dlscaffold.data.reading import read

__all__ = ["Data", "read"]
