"""Run the service."""

import argparse
import os
import socket
import sys
import tempfile
import threading

from flask import Config
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from . import contract
from .service import config, logs
from .service.front import draining
from .settings import ARTIFACTS

CONNECTIONS = 1024  # of each worker
STOP_SECONDS = 30  # for the last responses


class Server(MPServer):
    """Granian, which stops only once load balancers have seen that it will."""

    drain_seconds = 0.0

    def signal_handler_interrupt(self, *_: object) -> None:
        """Stop being ready at once, and stop serving a little later."""
        if draining.has_begun():  # a second signal: do not wait
            super().signal_handler_interrupt()
            return
        draining.begin()
        timer = threading.Timer(self.drain_seconds, super().signal_handler_interrupt)
        timer.daemon = True  # a second signal does not wait for it
        timer.start()


def main() -> None:
    """Serve the exported model until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", help="address to listen on (FLASK_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (FLASK_PORT)")
    given = vars(parser.parse_args()).items()
    try:
        options = config.load({k.upper(): v for k, v in given if v is not None})
        signature = contract.Signature.read(ARTIFACTS)
        signature.verify(ARTIFACTS)
        contract.Golden.read(ARTIFACTS, signature)
        address = free_address(options["HOST"], options["PORT"])
    except (config.ConfigError, contract.ContractError) as error:
        sys.exit(f"error: {error}")
    if stale := signature.staleness():
        print(f"warning: {stale}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="service-") as folder:
        os.environ[draining.FOLDER_VARIABLE] = folder
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        print(f"Serving on http://{options['HOST']}:{options['PORT']}", file=sys.stderr)
        server(address, options).serve()


def server(address: str, options: Config) -> Server:
    """Return the server for these settings.

    The model is loaded in each worker, after the fork: the runtimes' threads do not
    survive one.
    """
    granian = Server(
        f"{__package__}.service.front.server:create_front",
        address=address,
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
        log_dictconfig=logs.GRANIAN,
    )
    if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
        os.register_at_fork(after_in_child=draining.hold_signals)
    granian.drain_seconds = options["DRAIN_SECONDS"]
    return granian


def free_address(host: str, port: int) -> str:
    """Return the host's IP address; raise ConfigError if the port is not free.

    Granian's workers share their port, and would share it with another service as well.
    """
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, _, _, _, address = found[0]
        with socket.create_server(address[:2], family=family):
            return str(address[0])
    except (OSError, UnicodeError) as error:  # a name's parts have 63 letters at most
        reason = getattr(error, "strerror", None) or error
        message = f"Cannot listen on {host}, port {port} ({reason}); choose another."
        raise config.ConfigError(message) from error


if __name__ == "__main__":
    main()
