"""The Flask service against its own OpenAPI document."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e import given_models
from e2e.conftest import Smoked
from e2e.service import running

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]

# All but positive_data_acceptance: no schema can say whether a file is an image, or
# whether a number is so large that the network's sums overflow.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "use_after_free",
]


Smoke = Callable[..., Smoked]


def test_the_api_is_what_its_document_says(smoked: Smoke) -> None:
    check(smoked("keras", "flask"))


@pytest.mark.parametrize("name", ["ranker", "scalar", "fixed", "rows"])
def test_the_api_of_a_given_model_is_what_its_document_says(
    smoked: Smoke, tmp_path: Path, name: str
) -> None:
    python = smoked("keras", "flask", "onnx").python
    models = given_models.write("write_onnx.py", python, tmp_path / "models")
    own = models / f"{name}.onnx"
    model = own if own.exists() else given_models.RANKER
    check(given_models.export(model, python, tmp_path))


def check(project: Smoked) -> None:
    """Start a service, and send it what its document allows and what it does not."""
    with running(project, FLASK_WORKERS="1") as service:
        url = f"{service.url}/openapi.json"
        with urllib.request.urlopen(url) as answer:  # noqa: S310 (a server of ours)
            operations = json.load(answer)["paths"]
        command = [sys.executable, "-m", "schemathesis.cli", "run", url]
        options = ["--checks", ",".join(CHECKS), "--max-examples", "100", "--seed", "1"]
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-5000:]
        assert f"Tested: {len(operations)}" in done.stdout
        assert service.status("/readyz") == 200
