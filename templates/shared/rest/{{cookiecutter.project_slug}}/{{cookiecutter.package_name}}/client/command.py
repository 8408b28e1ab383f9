"""The command line of the clients: send a file, print the answer."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..contract import ContractError, Signature
from ..settings import ARTIFACTS
from . import answer, file
from .request import FileError
from .rest import ServiceError


def run(connect: Callable[[str, str], Any], option: str, default: str) -> None:
    """Send a file and print the answer; exit with one sentence where that fails.

    `option` names the server's address; `connect` takes it and the model's name, and
    returns a client with the method `predict`.
    """
    parser = argparse.ArgumentParser(description="Send a file and print the answer.")
    parser.add_argument("file", type=Path, help=file.HELP)
    parser.add_argument(option, dest="server", default=default)
    options = parser.parse_args()
    try:
        signature = Signature.read(ARTIFACTS)
        client = connect(options.server, signature.name)
        outputs = client.predict(*file.read(options.file, signature))
    except OSError as error:
        sys.exit(f"error: cannot read {options.file}: {error.strerror}")
    except (ContractError, FileError, ServiceError) as error:
        sys.exit(f"error: {error}")
    print(answer.show(outputs, signature))
