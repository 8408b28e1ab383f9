"""The second signature: image files, decoded in the graph."""

import base64
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

from {{ cookiecutter.package_name }} import prepare
from {{ cookiecutter.package_name }}.client import command
from {{ cookiecutter.package_name }}.client.rest import DEFAULT_URL, Client
from {{ cookiecutter.package_name }}.contract import (
    Golden,
    Signature,
    check_parity,
)


@pytest.fixture
def file(golden: Golden, tmp_path: Path) -> Path:
    """An image file with the first of the golden examples."""
    pixels = (golden.inputs["image"][0] * 255).astype(np.uint8)
    file = tmp_path / "digit.png"
    Image.fromarray(pixels).resize((64, 64), Image.Resampling.NEAREST).save(file)
    return file


def test_image_files_give_what_the_same_images_give(
    client: Client, signature: Signature, file: Path
) -> None:
    """The graph decodes and scales a file as the client does."""
    encoded = {"b64": base64.b64encode(file.read_bytes()).decode()}
    body = {"signature_name": "encoded_images", "instances": [encoded]}
    answer = requests.post(f"{client.model_url}:predict", json=body, timeout=30)
    image = prepare.read(file, signature.task.preprocessing)
    outputs = client.predict({"image": image})
    served = {"probabilities": np.asarray(answer.json()["predictions"])}
    check_parity(outputs, served, signature.tolerance)


def test_the_command_sends_the_file_itself(
    service: str,
    signature: Signature,
    golden: Golden,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """So nothing prepares the image but the graph."""
    monkeypatch.delattr(prepare, "read")
    monkeypatch.setattr("sys.argv", ["client", str(file), "--url", service])
    command.run(Client, "--url", DEFAULT_URL)
    best = golden.outputs["probabilities"][0].argmax()
    assert capsys.readouterr().out.startswith(f"{signature.task.labels[best]}  ")


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence."""
    monkeypatch.setattr("sys.argv", ["client", str(tmp_path / "no.png")])
    with pytest.raises(SystemExit, match=r"error: cannot read .*no\.png"):
        command.run(Client, "--url", DEFAULT_URL)
