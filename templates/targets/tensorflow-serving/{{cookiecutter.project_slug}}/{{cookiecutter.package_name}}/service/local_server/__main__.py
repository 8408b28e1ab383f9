"""Run the local server; its flags are those of TensorFlow Serving."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from ..messages import ConfigError
from .http import Server
from .models import Models

NOTICE = "Local stand-in for TensorFlow Serving: for development and CI, not to deploy."


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the local server with these arguments, else those of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model_config_file", type=Path, required=True)
    parser.add_argument("--rest_api_port", type=int, default=8501)
    parser.add_argument("--rest_api_timeout_in_ms", type=int, default=30_000)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    # TensorFlow calls the loader that TensorFlow Serving uses deprecated.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    print(NOTICE, file=sys.stderr, flush=True)
    try:
        models = Models(options.model_config_file, options.rest_api_timeout_in_ms)
    except ConfigError as error:
        sys.exit(f"error: {error}")
    Server(models, options.rest_api_port).run()


if __name__ == "__main__":
    main()
