"""Export the trained model: the artifact that will be served, and its contract.

Nothing is replaced in `artifacts/` until the artifact, loaded in the runtime that will
serve it, has given the same outputs as the training framework.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import contract, examples, model, runtime
from .convert import write_artifact
{% include "partials/export/int8-import.py" ignore missing %}
from .settings import ARTIFACTS, MODEL_NAME, MODELS
{% include "partials/export/imports.py" ignore missing %}

EXACT = contract.Tolerance()


def export(
    write: Callable[[Any, Path], None] = write_artifact,
    tolerance: contract.Tolerance = EXACT,
) -> contract.Signature:
    """Write artifact, signature and golden examples, and return the signature.

    Raises ContractError if the artifact does not reproduce the trained model.
    """
    network = model.load(MODELS)
    golden = examples.golden(network)
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ARTIFACTS, prefix=".export-") as folder:
        staging = Path(folder)
        artifact = staging / next_artifact(ARTIFACTS)
        artifact.parent.mkdir(parents=True, exist_ok=True)
        write(network, artifact)
{% include "partials/export/extras.py" ignore missing %}
        signature = contract.Signature(
            name=MODEL_NAME,
            format=runtime.FORMAT,
            artifact=artifact.relative_to(staging).as_posix(),
            sha256=contract.digest(artifact),
            framework=model.FRAMEWORK[0],
            framework_version=model.FRAMEWORK[1],
            tolerance=tolerance,
            **examples.describe(network, golden),
        )
        actual = runtime.Runtime(artifact).predict(golden.inputs)
        worst = contract.check_parity(golden.outputs, actual, signature.tolerance)
        golden.write(staging)
        signature.write(staging)
        _replace(staging, ARTIFACTS, signature.artifact)
    print(f"Largest difference from the trained model: {worst:.1e}")
    return signature


def next_artifact(folder: Path) -> str:
    """Return the artifact's path in the folder; a `{version}` in it counts up."""
    versions = (folder / runtime.ARTIFACT).parent.glob("[0-9]*")
    numbers = [int(path.name) for path in versions if path.name.isdecimal()]
    return runtime.ARTIFACT.format(version=max(numbers, default=0) + 1)


def _replace(staging: Path, folder: Path, artifact: str) -> None:
    # The signature goes last: it is what says that the rest is complete.
    for name in (artifact, contract.GOLDEN_FILE, contract.SIGNATURE_FILE):
        destination = folder / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if destination.is_dir():
            shutil.rmtree(destination)
        (staging / name).replace(destination)


def main() -> None:
    """Run the export from the command line."""
{% include ["partials/export/run-int8.py", "partials/export/run.py"] %}
    except contract.ContractError as error:
        sys.exit(f"error: {error}")
    print(f"Wrote {ARTIFACTS / signature.artifact} and its contract.")
{% include "partials/export/after.py" ignore missing %}


if __name__ == "__main__":
    main()
