"""The names and folders that training, export and serving share."""

import os
from pathlib import Path

MODEL_NAME = "{{ cookiecutter.project_slug }}"
SEED = 42

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "models"
REPORTS = ROOT / "reports"
ARTIFACTS = Path(os.environ.get("ARTIFACTS", ROOT / "artifacts"))
