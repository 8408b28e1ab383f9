"""The second signature: image files, decoded in the graph."""

import base64
from pathlib import Path

import numpy as np
import requests
from PIL import Image

from {{ cookiecutter.package_name }} import images
from {{ cookiecutter.package_name }}.client import Client
from {{ cookiecutter.package_name }}.contract import (
    Golden,
    Signature,
    check_parity,
)


def test_image_files_give_what_the_same_images_give(
    client: Client, signature: Signature, golden: Golden, tmp_path: Path
) -> None:
    """The graph decodes and scales a file as the client does."""
    pixels = (golden.inputs["image"][0] * 255).astype(np.uint8)
    file = tmp_path / "digit.png"
    Image.fromarray(pixels).resize((64, 64), Image.Resampling.NEAREST).save(file)
    encoded = {"b64": base64.b64encode(file.read_bytes()).decode()}
    body = {"signature_name": "encoded_images", "instances": [encoded]}
    answer = requests.post(f"{client.model_url}:predict", json=body, timeout=30)
    image = images.read(file, signature.preprocessing)
    outputs = client.predict({"image": image})
    served = {"probabilities": np.asarray(answer.json()["predictions"])}
    check_parity(outputs, served, signature.tolerance)
