"""Bring a new version into service: export, wait, compare, and move a label to it.

Callers that ask for the label, `/v1/models/<name>/labels/stable:predict`, get the new
version from one request to the next, and none of them fails.
"""

import argparse
import sys
import time

from .. import contract
from ..client.rest import DEFAULT_URL, Client, ServiceError
from ..settings import ARTIFACTS, MODEL_NAME
from . import model_config
from .messages import ConfigError

WAIT_SECONDS = 60.0


def rollout(url: str, label: str, version: int | None = None) -> int:
    """Let a label stand for a version, by default for a new export, and return it.

    Raises ServiceError if the server does not serve it, and ContractError if it serves
    something else than what was trained; then the label stays where it was.
    """
    require_server(url)
    if version is None:
        from .. import export  # loads the framework, which moving a label does not need

        version = int(export.export().artifact.rpartition("/")[2])
    client = Client(url, f"{MODEL_NAME}/versions/{version}")
    wait_until_served(client, version)
    signature = contract.Signature.read(ARTIFACTS)
    if signature.artifact.endswith(f"/{version}"):  # the version that has examples
        golden = contract.Golden.read(ARTIFACTS, signature)
        outputs = client.predict(golden.inputs)
        contract.check_parity(golden.outputs, outputs, signature.tolerance)
    move(url, label, version)
    return version


def require_server(url: str) -> None:
    """Raise ServiceError if nothing on that URL serves the model."""
    if not Client(url, MODEL_NAME).is_available():
        raise ServiceError(f"Nothing serves {MODEL_NAME} on {url}: start the server.")


def move(url: str, label: str, version: int) -> None:
    """Move a label, and return once the server follows."""
    model_config.move_label(label, version)
    client = Client(url, f"{MODEL_NAME}/labels/{label}")
    deadline = time.monotonic() + WAIT_SECONDS
    while _answering(client) != version:
        if time.monotonic() > deadline:
            raise ServiceError(
                f"The server does not follow {model_config.CONFIG}: was it started "
                "from this project?"
            )
        time.sleep(0.1)


def _answering(client: Client) -> int | None:
    """Return the version that answers, or None while the label's is not served."""
    try:
        return int(client.metadata()["model_spec"]["version"])
    except ServiceError:
        return None


def wait_until_served(client: Client, version: int) -> None:
    """Return once a version is AVAILABLE; raise ServiceError when time is up."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not client.is_available():
        if time.monotonic() > deadline:
            raise ServiceError(
                f"Version {version} is not AVAILABLE after {WAIT_SECONDS:.0f} s: see "
                f"{client.model_url} and the server's log."
            )
        time.sleep(0.1)


def main() -> None:
    """Roll out from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=DEFAULT_URL)
    parser.add_argument("--label", choices=["stable", "canary"], default="stable")
    parser.add_argument("--version", type=int, help="default: export a new one")
    options = parser.parse_args()
    try:
        version = rollout(options.url, options.label, options.version)
    except (ConfigError, contract.ContractError, ServiceError) as error:
        sys.exit(f"error: {error}")
    print(f"{options.label} is version {version} now.")


if __name__ == "__main__":
    main()
