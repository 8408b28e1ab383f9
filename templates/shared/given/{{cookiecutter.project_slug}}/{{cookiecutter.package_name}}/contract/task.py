"""What the signature says of a given model's examples."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Task:
    """Where the golden examples come from: `drawn` from the signature, or `own`."""

    examples: str

    @classmethod
    def take(cls, fields: dict[str, Any]) -> "Task":
        """Take the task's fields out of those of a signature."""
        return cls(fields.pop("examples"))
