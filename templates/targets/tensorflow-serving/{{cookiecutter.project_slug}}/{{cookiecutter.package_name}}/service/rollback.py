"""Move a label back to the version before the one that it stands for."""

import argparse
import sys

from ..client.rest import DEFAULT_URL, Client, ServiceError
from ..settings import MODEL_NAME
from . import model_config
from .messages import ConfigError
from .rollout import move, require_server


def rollback(url: str, label: str) -> int:
    """Move the label back, and return the version that it stands for now.

    Raises ServiceError if no earlier version is being served.
    """
    require_server(url)
    current = model_config.labels().get(label, 0)
    for version in sorted(model_config.versions(), reverse=True):
        client = Client(url, f"{MODEL_NAME}/versions/{version}")
        if version < current and client.is_available():
            move(url, label, version)
            return version
    raise ServiceError(f"No version before {current} is served: {label} stays there.")


def main() -> None:
    """Roll back from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=DEFAULT_URL)
    parser.add_argument("--label", choices=["stable", "canary"], default="stable")
    options = parser.parse_args()
    try:
        version = rollback(options.url, options.label)
    except (ConfigError, ServiceError) as error:
        sys.exit(f"error: {error}")
    print(f"{options.label} is version {version} again.")


if __name__ == "__main__":
    main()
