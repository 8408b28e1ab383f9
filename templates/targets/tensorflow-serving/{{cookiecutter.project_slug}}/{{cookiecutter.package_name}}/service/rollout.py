"""Bring a new version into service: export, wait, compare, and move a label to it.

Clients that use the label, `/v1/models/<name>/labels/stable:predict`, get the new
version from one request to the next, without a failed request.
"""

import argparse
import sys
import time
from collections.abc import Callable

from .. import contract
from ..client.rest import AVAILABLE, DEFAULT_URL, Client, ServiceError
from ..settings import ARTIFACTS, MODEL_NAME
from . import model_config
from .messages import ConfigError

WAIT_SECONDS = 60.0


def rollout(url: str, label: str, version: int | None = None) -> int:
    """Move a label to a version, by default a new export, and return the version.

    Raises ServiceError if the version is not served, and ContractError if it does not
    reproduce the trained model. The label stays where it was then.
    """
    Client(url, MODEL_NAME).states()  # fails where no server answers
    if version is None:
        from .. import export  # loads the framework, which moving a label does not need

        version = int(export.export().artifact.rpartition("/")[2])
    wait_until_served(url, version)
    signature = contract.Signature.read(ARTIFACTS)
    if signature.artifact.endswith(f"/{version}"):  # the version that has examples
        golden = contract.Golden.read(ARTIFACTS, signature)
        outputs = Client(url, f"{MODEL_NAME}/versions/{version}").predict(golden.inputs)
        contract.check_parity(golden.outputs, outputs, signature.tolerance)
    move(url, label, version)
    return version


def wait_until_served(url: str, version: int) -> None:
    """Return once a version is available.

    Raises ServiceError if it does not exist, cannot be served, or takes too long.
    """
    if version not in (known := model_config.versions()):
        raise ServiceError(f"There is no version {version}; there are {known}.")
    deadline = time.monotonic() + WAIT_SECONDS
    while (states := Client(url, MODEL_NAME).states()).get(version) != AVAILABLE:
        if version in states and states[version].name == "END":
            reason = states[version].reason
            raise ServiceError(f"Version {version} cannot be served: {reason}")
        if time.monotonic() > deadline:
            first = min(n for n in {*states, version} if states.get(n) != AVAILABLE)
            raise ServiceError(f"Version {first} is not available yet: see the log.")
        time.sleep(0.1)


def move(url: str, label: str, version: int) -> None:
    """Move a label and return once the server follows; else put it back and raise."""
    before = model_config.labels().get(label)
    model_config.move_label(label, version)
    client = Client(url, f"{MODEL_NAME}/labels/{label}")
    deadline = time.monotonic() + WAIT_SECONDS
    try:
        while _answering(client) != version:
            if time.monotonic() > deadline:
                raise ServiceError(f"The server does not read {model_config.CONFIG}.")
            time.sleep(0.1)
    except BaseException:
        model_config.move_label(label, before)
        raise


def _answering(client: Client) -> int | None:
    """Return the version that answers, or None while there is none."""
    try:
        return int(client.metadata()["model_spec"]["version"])
    except ServiceError:
        return None


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the options that a rollout and a rollback share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--url", default=DEFAULT_URL)
    parser.add_argument("--label", choices=["stable", "canary"], default="stable")
    return parser


def run(move: Callable[[], int], label: str) -> None:
    """Move a label as a command: exit with one sentence where that fails."""
    try:
        print(f"{label} is version {move()} now.")
    except (ConfigError, contract.ContractError, ServiceError) as error:
        sys.exit(f"error: {error}")


def main() -> None:
    """Roll out from the command line."""
    arguments = parser(__doc__)
    arguments.add_argument("--version", type=int, help="default: export a new one")
    options = arguments.parse_args()
    run(lambda: rollout(**vars(options)), options.label)


if __name__ == "__main__":
    main()
