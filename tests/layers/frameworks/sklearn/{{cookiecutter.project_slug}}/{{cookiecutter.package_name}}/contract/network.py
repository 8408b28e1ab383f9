"""The trained model in scikit-learn: kept in a folder, and run as training left it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

from ..model import build
from .signature import TensorSpec
from .task import Task
from .tensors import Tensors
from .trained import Trained

FRAMEWORK = ("sklearn", str(sklearn.__version__))
FILE = "model.npz"


@dataclass(frozen=True)
class Network:
    """A classifier of flat inputs, and what it takes."""

    module: LogisticRegression
    task: Task
    inputs: dict[str, TensorSpec]

    def save(self, folder: Path) -> None:
        """Write the trained weights."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            folder / FILE,
            coef=self.module.coef_,
            intercept=self.module.intercept_,
            classes=self.module.classes_,
        )

    def predict(self, inputs: Tensors) -> Tensors:
        """Return the probabilities (batch, labels), by name."""
        (values,) = inputs.values()
        found = self.module.predict_proba(values.reshape(len(values), -1))
        return {"probabilities": np.asarray(found, np.float32)}


def load(folder: Path) -> Network:
    """Return the trained model; raise ContractError if there is none."""
    trained = Trained.read(folder)
    module = build(trained.task)
    with np.load(folder / FILE) as arrays:
        module.coef_ = arrays["coef"]
        module.intercept_ = arrays["intercept"]
        module.classes_ = arrays["classes"]
    return Network(module, trained.task, trained.inputs)
