"""The second signature: image files, decoded in the graph."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from {{ cookiecutter.package_name }}.client import command
from {{ cookiecutter.package_name }}.client.rest import DEFAULT_URL, Client
from {{ cookiecutter.package_name }}.contract import Golden, Signature, check_parity


def test_image_files_give_what_the_same_images_give(
    client: Client, signature: Signature, golden: Golden
) -> None:
    """The graph decodes, resizes and scales a file eight times as large."""
    pixels = (golden.inputs["image"][0] * 255).astype(np.uint8)
    large = pixels.repeat(8, axis=0).repeat(8, axis=1)[..., np.newaxis]
    file = bytes(tf.io.encode_png(large).numpy())
    served = client.predict({"image_bytes": [file]}, "encoded_images")
    image = pixels[np.newaxis] * signature.task.preprocessing.scale
    check_parity(client.predict({"image": image}), served, signature.tolerance)


def test_the_command_sends_a_file(
    service: str,
    signature: Signature,
    golden: Golden,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It prints the most probable label first."""
    pixels = (golden.inputs["image"][0] * 255).astype(np.uint8)[..., np.newaxis]
    file = tmp_path / "digit.png"
    file.write_bytes(bytes(tf.io.encode_png(pixels).numpy()))
    monkeypatch.setattr("sys.argv", ["client", str(file), "--url", service])
    command.run(Client, "--url", DEFAULT_URL)
    best = golden.outputs["probabilities"][0].argmax()
    assert capsys.readouterr().out.startswith(f"{signature.task.labels[best]}  ")
