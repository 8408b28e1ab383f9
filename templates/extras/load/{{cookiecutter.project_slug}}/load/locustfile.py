"""A load test: users who send one real example after the other."""

import json

from locust import FastHttpUser, task

from {{ cookiecutter.package_name }}.contract import Golden, Signature
from {{ cookiecutter.package_name }}.settings import ARTIFACTS

SIGNATURE = Signature.read(ARTIFACTS)
GOLDEN = Golden.read(ARTIFACTS, SIGNATURE)
COLUMNS = {name: tensor[:1].tolist() for name, tensor in GOLDEN.inputs.items()}


class Caller(FastHttpUser):
    """Asks, waits for the answer, and asks again."""

    host = "http://127.0.0.1:8501"

    @task
    def predict(self) -> None:
        """Send one example."""
        self.client.post(
            f"/v1/models/{SIGNATURE.name}:predict",
            data=json.dumps({"inputs": COLUMNS}),
            headers={"Content-Type": "application/json"},
            name="predict",
        )
