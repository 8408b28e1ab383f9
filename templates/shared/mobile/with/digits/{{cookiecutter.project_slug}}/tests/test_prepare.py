"""From a picture to the model's input; the apps' tests have the same cases."""

import numpy as np
import pytest

from {{ cookiecutter.package_name }} import contract, prepare
from {{ cookiecutter.package_name }}.contract.preprocessing import Preprocessing


def test_pixels_are_split_between_neighbours() -> None:
    """Three pixels on two: the one in the middle goes half to each."""
    how = Preprocessing(height=1, width=2, layout="NHWC", scale=0.5)
    values = prepare.to_input(np.array([[0, 30, 60]]), how)
    assert values.shape == (1, 1, 2, 1)
    np.testing.assert_allclose(values.ravel(), [5, 25])


def test_a_picture_is_cropped_to_its_ink() -> None:
    """A digit is as large as its picture, wherever it was drawn."""
    picture = np.zeros((9, 7))
    picture[5:7, 2:5] = [[100, 0, 0], [0, 0, 200]]
    square = prepare.crop(picture)
    np.testing.assert_array_equal(square, [[100, 0, 0], [0, 0, 200], [0, 0, 0]])


def test_layouts_that_order_the_pixels_otherwise_are_refused() -> None:
    """Columns before rows."""
    how = Preprocessing(height=3, width=4, layout="NWH", scale=0.5)
    with pytest.raises(contract.ContractError, match="The layout NWH"):
        prepare.to_input(np.zeros((3, 4)), how)
