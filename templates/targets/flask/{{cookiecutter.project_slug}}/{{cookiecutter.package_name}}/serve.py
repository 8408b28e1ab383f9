"""Run the service."""

import argparse
import os
import socket
import sys
import tempfile
import threading

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from . import config, contract, draining
from .settings import ARTIFACTS

CONNECTIONS = 1024  # of each worker
STOP_SECONDS = 30  # for the last answers


class Server(MPServer):
    """Granian, told to stop only when load balancers have seen that it will."""

    drain_seconds = 0.0

    def signal_handler_interrupt(self, *_: object) -> None:
        """Stop being ready at once, and stop serving a little later."""
        if draining.has_begun():  # somebody is in a hurry
            super().signal_handler_interrupt()
            return
        draining.begin()
        threading.Timer(self.drain_seconds, super().signal_handler_interrupt).start()


def main() -> None:
    """Serve the exported model until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", help="address to listen on (FLASK_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (FLASK_PORT)")
    given = vars(parser.parse_args()).items()
    try:
        options = config.load({k.upper(): v for k, v in given if v is not None})
        contract.Signature.read(ARTIFACTS).verify(ARTIFACTS)
        refuse_taken(options["HOST"], options["PORT"])
    except (config.ConfigError, contract.ContractError) as error:
        sys.exit(f"error: {error}")
    # The model is loaded in each worker, after the fork: the runtimes' threads do not
    # survive one.
    server = Server(
        f"{__package__}.app:create_service",
        address=options["HOST"],
        port=options["PORT"],
        interface=Interfaces.RSGI,
        workers=options["WORKERS"],
        # Every request takes a connection; those over the queue's limit are refused.
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        websockets=False,
        factory=True,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    server.drain_seconds = options["DRAIN_SECONDS"]
    with tempfile.TemporaryDirectory(prefix="service-") as folder:
        os.environ[draining.FOLDER_VARIABLE] = folder
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        print(f"Serving on http://{options['HOST']}:{options['PORT']}", file=sys.stderr)
        server.serve()


def refuse_taken(host: str, port: int) -> None:
    """Raise ConfigError if nobody can listen there.

    Granian's workers share their port, and would share it with a stranger as well.
    """
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        reason = error.strerror or error
        message = f"Cannot listen on {host}, port {port} ({reason}); choose another."
        raise config.ConfigError(message) from error


if __name__ == "__main__":
    main()
