"""The running service that the tests send requests to."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from {{ cookiecutter.package_name }}.client.rest import Client
from {{ cookiecutter.package_name }}.contract import Golden, Signature
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, REPORTS, ROOT

LOG = REPORTS / "server.log"
SERVE = "{{ cookiecutter.package_name }}.serve"
URL_VARIABLE = "{{ cookiecutter._url_variable }}"


@pytest.fixture(scope="session")
def signature() -> Signature:
    """What is served."""
    return Signature.read(ARTIFACTS)


@pytest.fixture(scope="session")
def golden(signature: Signature) -> Golden:
    """Examples with the outputs of the model's own framework."""
    return Golden.read(ARTIFACTS, signature)


@pytest.fixture(scope="session")
def service(
    signature: Signature,
    request: pytest.FixtureRequest,
    record_testsuite_property: Callable[[str, object], None],
) -> Iterator[str]:
    """The base URL of the server that the environment names, else of one of our own."""

    def announce(server: str) -> None:
        record_testsuite_property("server", server)
        request.config.get_terminal_writer().line(f"[server: {server}]")

    if url := os.environ.get(URL_VARIABLE):
        Client(url, signature.name).wait_until_available(seconds=10)
        announce(f"{URL_VARIABLE}={url}")
        yield url
        return
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", SERVE, "--port", str(port)]
    REPORTS.mkdir(exist_ok=True)
    with (
        LOG.open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as server,
    ):
        try:
            Client(url, signature.name).wait_until_available(server, seconds=300)
            announce(LOG.read_text("utf-8", "replace").partition("\n")[0])
            yield url
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def client(service: str, signature: Signature) -> Client:
    """A client of the running server."""
    return Client(service, signature.name)


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
