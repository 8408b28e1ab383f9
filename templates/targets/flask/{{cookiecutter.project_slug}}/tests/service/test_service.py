"""What this service promises beyond the protocol."""

import pytest
import requests

from {{ cookiecutter.package_name }}.contract import Signature


def test_metrics_name_the_model(service: str, signature: Signature) -> None:
    """By its digest, so that monitoring shows which one answers."""
    text = requests.get(f"{service}/metrics").text
    assert f'sha256="{signature.sha256}"' in text


@pytest.mark.parametrize("path", ["/", "/docs", "/static/style.css"])
def test_the_pages_load_nothing_from_elsewhere(service: str, path: str) -> None:
    """The policy for the browser forbids it, and nothing tries."""
    page = requests.get(f"{service}{path}")
    assert page.headers["Content-Security-Policy"] == "default-src 'self'"
    assert "http:" not in page.text
    assert "https:" not in page.text
