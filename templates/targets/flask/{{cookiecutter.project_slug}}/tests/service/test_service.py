"""What this service promises beyond the protocol."""

import time

import pytest
import requests

from {{ cookiecutter.package_name }}.client.rest import Client
from {{ cookiecutter.package_name }}.settings import ROOT


def test_errors_reveal_no_internals(service: str) -> None:
    """No traceback, version or path of a file."""
    answer = requests.get(f"{service}/nothing-here")
    text = (answer.text + str(answer.headers)).lower()
    for word in ("traceback", ".py", str(ROOT).lower(), "werkzeug", "python"):
        assert word not in text


def test_metrics_count_every_worker(service: str, client: Client) -> None:
    """Whichever process answers, it answers for all."""
    path = client.model_url.removeprefix(service)
    labels = f'route="{path}",status="200"'
    line = "service_request_seconds_count{" + labels + "} "

    def count() -> float:
        lines = requests.get(f"{service}/metrics").text.splitlines()
        return sum(float(text.split()[1]) for text in lines if text.startswith(line))

    def settled_count() -> float:
        """The count once it stands still: a request is counted after its answer."""
        last, now = -1.0, count()
        while now != last:
            time.sleep(0.5)
            last, now = now, count()
        return now

    before = settled_count()
    for _ in range(20):  # each on a connection of its own, so to any worker
        requests.get(client.model_url)
    assert settled_count() == before + 20
    assert "service_model{" in requests.get(f"{service}/metrics").text


@pytest.mark.parametrize("path", ["/", "/docs", "/static/style.css"])
def test_the_pages_load_nothing_from_elsewhere(service: str, path: str) -> None:
    """The policy for the browser forbids it, and nothing tries."""
    page = requests.get(f"{service}{path}")
    assert page.headers["Content-Security-Policy"] == "default-src 'self'"
    assert "http:" not in page.text
    assert "https:" not in page.text
