"""The three ways to start TensorFlow Serving agree with each other."""

import json
import re
from pathlib import Path

from {{ cookiecutter.package_name }}.service import ways
from {{ cookiecutter.package_name }}.settings import MODEL_NAME, ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")


def flags(command: list[str]) -> dict[str, str]:
    """Return the server's flags of a command, without those of Docker before them."""
    words = command[command.index(ways.IMAGE) + 1 :] if "docker" in command else command
    return dict(word.split("=", 1) for word in words if word.startswith("--"))


def test_every_way_has_the_same_flags() -> None:
    """Among them the short wait for a version that cannot load."""
    docker = flags(ways.docker(8501, Path("/versions"), ROOT / "serving"))
    config = Path("/serving/models.config")
    assert flags(ways.binary(8501, Path("/serving"), config)) == docker
    (words,) = re.findall(r"^CMD (\[.*?\])$", DOCKERFILE, re.DOTALL | re.MULTILINE)
    assert flags(json.loads(words.replace("\\\n", ""))) == docker
    assert docker["--load_retry_interval_micros"] == "1000000"


def test_every_way_has_rest_on_the_port_and_grpc_one_below() -> None:
    """Inside a container they are 8501 and 8500."""
    binary = flags(ways.binary(9501, ROOT, ROOT))
    assert (binary["--rest_api_port"], binary["--port"]) == ("9501", "9500")
    command = ways.docker(9501, Path("/versions"), ROOT)
    inside = flags(command)
    assert (inside["--rest_api_port"], inside["--port"]) == ("8501", "8500")
    assert "--publish=127.0.0.1:9501:8501" in command
    assert "--publish=127.0.0.1:9500:8500" in command
    assert f"--volume=/versions:/models/{MODEL_NAME}:ro" in command
    assert "EXPOSE 8500 8501\n" in DOCKERFILE
    assert 'ports: ["127.0.0.1:8500:8500", "127.0.0.1:8501:8501"]' in COMPOSE
    grpc_client = ROOT / "{{ cookiecutter.package_name }}" / "client" / "grpc_client.py"
    assert '"127.0.0.1:8500"' in grpc_client.read_text("utf-8")
