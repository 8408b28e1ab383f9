"""The local server under load: versions and labels change, and no request fails."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conformance import replay

from e2e.conftest import Smoked
from e2e.test_tensorflow_serving_conformance import models, project, serving

__all__ = ["models", "project"]  # fixtures

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]


class Callers:
    """Threads that send one request after another, each over its own connection."""

    def __init__(self, port: int, path: str, count: int = 8) -> None:
        """Start them."""
        self.answers: list[tuple[int, bytes]] = []
        self.lost: list[str] = []
        self._target = (port, path)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _call(self) -> None:
        port, path = self._target
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not self._stop.is_set():
            try:
                connection.request("POST", path, '{"instances": [3.0]}')
                answer = connection.getresponse()
                self.answers.append((answer.status, answer.read()))
            except ConnectionRefusedError:  # the server has ended
                return
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                return

    def wait_for(self, value: float) -> None:
        """Return once the newest answer has this value."""
        until(lambda: json.loads(self.answers[-1][1])["predictions"] == [value])

    def stop(self) -> None:
        """Let every thread finish."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def state(port: int, version: int) -> str:
    headers = [["Host", "x"]]
    path = f"/v1/models/multi/versions/{version}"
    request: dict[str, Any] = {"method": "GET", "path": path, "headers": headers}
    answer = json.loads(replay.send(port, request).body)
    return str(answer.get("model_version_status", [{"state": ""}])[0]["state"])


def test_no_request_fails_while_versions_change_and_the_server_stops(
    project: Smoked,
    models: Path,
    tmp_path: Path,
) -> None:
    """Version 3 is added, gets the label, and 1 is deleted; then SIGTERM."""
    folder = tmp_path / "models" / "multi"
    shutil.copytree(models / "multi", folder)
    config = tmp_path / "models.config"
    with serving(project, tmp_path / "models") as port:
        callers = Callers(port, "/v1/models/multi/labels/stable:predict")
        until(lambda: len(callers.answers) > 100)
        callers.wait_for(4.0)  # x + 1
        shutil.copytree(models / "spare" / "3", folder / ".3")
        (folder / ".3").rename(folder / "3")
        until(lambda: state(port, 3) == "AVAILABLE")
        text = config.read_text("utf-8").replace(
            '"stable" value: 1', '"stable" value: 3'
        )
        config.with_suffix(".new").write_text(text, "utf-8")
        config.with_suffix(".new").replace(config)
        callers.wait_for(6.0)  # x * 2
        shutil.rmtree(folder / "1")
        until(lambda: state(port, 1) == "END")
    callers.stop()
    assert not callers.lost
    assert {status for status, _ in callers.answers} == {200}
