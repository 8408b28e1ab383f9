"""Run the local server on a model configuration file."""

import argparse
import logging
import sys
from pathlib import Path

from .http import run
from .models import ConfigError

NOTICE = "Local stand-in for TensorFlow Serving: for development and CI, not to deploy."


def main() -> None:
    """Run the local server from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8501)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    print(NOTICE, file=sys.stderr, flush=True)
    try:
        run(options.config, options.port)
    except (ConfigError, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
