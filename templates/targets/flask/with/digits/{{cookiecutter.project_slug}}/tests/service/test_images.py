"""Image files: sent to the service, and by the client."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from conftest import SERVE
from numpy.typing import NDArray
from PIL import Image

from {{ cookiecutter.package_name }}.contract import Golden
from {{ cookiecutter.package_name }}.settings import ROOT


def picture(pixels: NDArray[Any]) -> bytes:
    """Return pixels from 0 to 1 as a PNG file of 80 by 80."""
    grey = Image.fromarray((pixels * 255).round().astype(np.uint8))
    file = io.BytesIO()
    grey.resize((80, 80), Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def test_an_image_file_is_classified(service: str, golden: Golden) -> None:
    """As the same pixels are when they come as numbers."""
    digit, expected = golden.inputs["image"][0], golden.outputs["probabilities"][0]
    url = f"{service}/predict/image"
    answer = requests.post(url, files={"image": picture(digit)})
    assert answer.status_code == 200, answer.text
    probabilities = list(answer.json()["probabilities"].values())
    assert np.allclose(probabilities, expected, atol=0.02)  # 256 shades of grey
    assert answer.json()["label"] == str(expected.argmax())


NO_IMAGES = {"empty": b"", "text": b"7", "cut off": picture(np.zeros((8, 8)))[:60]}


@pytest.mark.parametrize("file", NO_IMAGES.values(), ids=NO_IMAGES)
def test_other_files_are_refused(service: str, file: bytes) -> None:
    """With a reason."""
    answer = requests.post(f"{service}/predict/image", files={"image": file})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_file_without_a_form_is_refused(service: str) -> None:
    """With what to send instead."""
    headers = {"Content-Type": "image/png"}
    file = picture(np.zeros((8, 8)))
    answer = requests.post(f"{service}/predict/image", file, headers=headers)
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.json()["error"]


def test_the_client_is_a_command(service: str, golden: Golden, tmp_path: Path) -> None:
    """It prints the most probable label first."""
    file = tmp_path / "digit.png"
    file.write_bytes(picture(golden.inputs["image"][0]))
    module = SERVE.replace(".serve", ".client")
    command = [sys.executable, "-m", module, str(file), "--url", service]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout[0] == str(golden.outputs["probabilities"][0].argmax())
