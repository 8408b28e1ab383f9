"""The command line of the clients: send an example, print the answer."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from ..contract import ContractError, Signature
from ..settings import ARTIFACTS
from . import answer, argument
from .request import ArgumentError
from .rest import ServiceError


def run(connect: Callable[[str, str], Any], option: str, default: str) -> None:
    """Send an example and print the answer; exit with one sentence where that fails.

    `option` names the server's address; `connect` takes it and the model's name, and
    returns a client with the method `predict`.
    """
    parser = argparse.ArgumentParser(description="Send an example, print the answer.")
    parser.add_argument("example", help=argument.HELP)
    parser.add_argument(option, dest="server", default=default)
    options = parser.parse_args()
    try:
        signature = Signature.read(ARTIFACTS)
        client = connect(options.server, signature.name)
        outputs = client.predict(*argument.read(options.example, signature))
    except (ContractError, ArgumentError, ServiceError) as error:
        sys.exit(f"error: {error}")
    print(answer.show(outputs, signature))
