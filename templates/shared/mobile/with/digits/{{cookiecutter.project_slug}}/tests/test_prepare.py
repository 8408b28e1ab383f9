"""From a picture to the model's input."""

import numpy as np
import pytest

from {{ cookiecutter.package_name }} import contract, data, prepare
from {{ cookiecutter.package_name }}.contract.runtime import Runtime
from {{ cookiecutter.package_name }}.contract.task import Preprocessing
from {{ cookiecutter.package_name }}.settings import ARTIFACTS


@pytest.mark.parametrize("enlarged", [1, 4, 7])
def test_pictures_of_digits_are_read_like_the_digits(enlarged: int) -> None:
    """The signature's preprocessing leads from pictures to what was trained on."""
    signature = contract.Signature.read(ARTIFACTS)
    golden = contract.Golden.read(ARTIFACTS, signature)
    runtime = Runtime(signature.verify(ARTIFACTS))
    for image, expected in zip(
        golden.inputs["image"], golden.outputs["probabilities"], strict=True
    ):
        picture = np.round(image.reshape(data.IMAGE_SHAPE) * 255)
        picture = picture.repeat(enlarged, axis=0).repeat(enlarged, axis=1)
        values = prepare.to_input(picture, signature.task.preprocessing)
        outputs = runtime.predict({"image": values})
        assert outputs["probabilities"].argmax() == expected.argmax()


def test_pixels_are_split_between_neighbours() -> None:
    """Three pixels on two: the one in the middle goes half to each."""
    how = Preprocessing(height=1, width=2, layout="NHWC", scale=0.5)
    values = prepare.to_input(np.array([[0, 30, 60]]), how)
    assert values.shape == (1, 1, 2, 1)
    np.testing.assert_allclose(values.ravel(), [5, 25])


def test_layouts_that_order_the_pixels_otherwise_are_refused() -> None:
    """Columns before rows."""
    how = Preprocessing(height=3, width=4, layout="NWH", scale=0.5)
    with pytest.raises(contract.ContractError, match="the layout NWH"):
        prepare.to_input(np.zeros((3, 4)), how)
