"""Export the model to `artifacts/` as its next version, and write its contract."""

import argparse

from .contract import Signature, exporting
from .service.warmup import write_warmup


def export() -> Signature:
    """Write the next version, with warm-up records, and return its signature.

    Raises ContractError if the artifact does not reproduce the trained model.
    """
    return exporting.export(complete=write_warmup)


def main() -> None:
    """Run the export from the command line."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    exporting.run(export)


if __name__ == "__main__":
    main()
