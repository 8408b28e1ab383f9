"""Outputs as answers for people: the most probable label, and all probabilities."""

from typing import Any

from .task import Task
from .tensors import Tensors


def answers(outputs: Tensors, task: Task) -> list[dict[str, Any]]:
    """Return an answer for each example: `label` and `probabilities` by label."""
    return [
        {
            "label": task.labels[row.argmax()],
            "probabilities": dict(zip(task.labels, row.tolist(), strict=True)),
        }
        for row in outputs["probabilities"]
    ]


def show(answer: dict[str, Any]) -> str:
    """Return the three most probable labels, a line each."""
    best = sorted(answer["probabilities"].items(), key=lambda item: -item[1])[:3]
    return "\n".join(f"{label}  {probability:.1%}" for label, probability in best)


def schema(task: Task) -> dict[str, Any]:
    """Return the JSON schema of an answer."""
    probability = {"type": "number", "minimum": 0, "maximum": 1.001}
    probabilities = {
        "type": "object",
        "properties": dict.fromkeys(task.labels, probability),
        "required": task.labels,
    }
    return {
        "type": "object",
        "properties": {
            "label": {"type": "string", "enum": task.labels},
            "probabilities": probabilities,
        },
        "required": ["label", "probabilities"],
    }
