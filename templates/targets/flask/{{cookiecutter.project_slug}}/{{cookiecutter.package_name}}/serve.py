"""Run the service."""

import argparse
import os
import sys
import tempfile

from granian import Granian
from granian.constants import Interfaces

from . import config, contract
from .settings import ARTIFACTS


def main() -> None:
    """Serve the exported model until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", help="address to listen on (FLASK_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (FLASK_PORT)")
    given = vars(parser.parse_args()).items()
    try:
        options = config.load({k.upper(): v for k, v in given if v is not None})
        contract.Signature.read(ARTIFACTS).verify(ARTIFACTS)
    except (config.ConfigError, contract.ContractError) as error:
        sys.exit(f"error: {error}")
    # The model is loaded in each worker, after the fork: the runtimes' threads do not
    # survive one.
    server = Granian(
        f"{__package__}.app:create_service",
        address=options["HOST"],
        port=options["PORT"],
        interface=Interfaces.RSGI,
        workers=options["WORKERS"],
        websockets=False,
        factory=True,
        respawn_failed_workers=True,
    )
    with tempfile.TemporaryDirectory(prefix="metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        server.serve()


if __name__ == "__main__":
    main()
