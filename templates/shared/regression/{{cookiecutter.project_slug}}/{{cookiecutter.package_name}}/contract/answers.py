"""Outputs as answers for people: the number, and what it is called."""

from typing import Any

from .task import Task
from .tensors import Tensors


def answers(outputs: Tensors, task: Task) -> list[dict[str, Any]]:
    """Return an answer for each example: `target`, a name, and `value`, a number."""
    values = outputs["value"].tolist()
    return [{"target": task.target, "value": value} for value in values]


def show(answer: dict[str, Any]) -> str:
    """Return the number and its name, in a line."""
    return f"{answer['target']}  {answer['value']:.6g}"


def schema(task: Task) -> dict[str, Any]:
    """Return the JSON schema of an answer."""
    return {
        "type": "object",
        "properties": {
            "target": {"type": "string", "const": task.target},
            "value": {"type": "number"},
        },
        "required": ["target", "value"],
    }
