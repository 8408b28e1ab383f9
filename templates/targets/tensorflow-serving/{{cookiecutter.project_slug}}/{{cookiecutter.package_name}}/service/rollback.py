"""Move a label back to the version before the one that it stands for."""

from ..client.rest import AVAILABLE, Client, ServiceError
from ..settings import MODEL_NAME
from . import model_config
from .rollout import move, parser, run


def rollback(url: str, label: str) -> int:
    """Move the label to the newest earlier version that is served, and return it.

    Raises ServiceError if there is none; the label stays where it was then.
    """
    current = model_config.labels().get(label, 0)
    earlier = [n for n in model_config.versions() if n < current]
    states = Client(url, MODEL_NAME).states()
    for version in reversed(earlier):
        if states.get(version) == AVAILABLE:
            move(url, label, version)
            return version
    reasons = [f" Version {n}: {states[n].reason}" for n in earlier if n in states]
    raise ServiceError(
        f"No version before {current} is served: {label} stays.{''.join(reasons)}"
    )


def main() -> None:
    """Roll back from the command line."""
    options = parser(__doc__).parse_args()
    run(lambda: rollback(**vars(options)), options.label)


if __name__ == "__main__":
    main()
