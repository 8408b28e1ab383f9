"""Write the artifact and its contract to `artifacts/`, or leave what is there.

Nothing is replaced until the artifact, loaded in the runtime that will serve it, has
given the same outputs as the training framework.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..settings import ARTIFACTS, MODEL_NAME
from . import examples, runtime
from .convert import write_artifact
from .files import ContractError, digest
from .golden import GOLDEN_FILE, Golden
from .parity import Tolerance, check_parity
from .signature import SIGNATURE_FILE, Signature

EXACT = Tolerance()


def export(
    write: Callable[[Any, Path], None] = write_artifact,
    tolerance: Tolerance = EXACT,
    complete: Callable[[Path, Golden], None] | None = None,
) -> Signature:
    """Write artifact, signature and golden examples, and return the signature.

    `complete` adds files to a written artifact. Raises ContractError if the artifact
    does not reproduce the trained model.
    """
    network = examples.load()
    golden = examples.golden(network)
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ARTIFACTS, prefix=".export-") as folder:
        staging = Path(folder)
        artifact = staging / next_artifact(ARTIFACTS)
        artifact.parent.mkdir(parents=True, exist_ok=True)
        write(network, artifact)
        if complete:
            complete(artifact, golden)
        signature = Signature(
            name=MODEL_NAME,
            format=runtime.FORMAT,
            artifact=artifact.relative_to(staging).as_posix(),
            sha256=digest(artifact),
            sources=examples.sources(),
            tolerance=tolerance,
            **examples.describe(network, golden),
        )
        outputs = runtime.Runtime(artifact).predict(golden.inputs)
        worst = check_parity(golden.outputs, outputs, tolerance)
        golden.write(staging)
        signature.write(staging)
        _replace(staging, signature.artifact)
    print(f"Largest difference from the trained model: {worst:.1e}")
    return signature


def next_artifact(folder: Path) -> str:
    """Return the artifact's path in the folder; a `{version}` in it counts up."""
    versions = (folder / runtime.ARTIFACT).parent.glob("[0-9]*")
    numbers = [int(path.name) for path in versions if path.name.isdecimal()]
    return runtime.ARTIFACT.format(version=max(numbers, default=0) + 1)


def run(export: Callable[[], Signature]) -> None:
    """Run an export as a command: exit with its one sentence where it fails."""
    try:
        signature = export()
    except ContractError as error:
        sys.exit(f"error: {error}")
    print(f"Wrote {ARTIFACTS / signature.artifact} and its contract.")


def _replace(staging: Path, artifact: str) -> None:
    # The signature goes last: it is what says that the rest is complete.
    for name in (artifact, GOLDEN_FILE, SIGNATURE_FILE):
        destination = ARTIFACTS / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if destination.is_dir():
            shutil.rmtree(destination)
        (staging / name).replace(destination)
