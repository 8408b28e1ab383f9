"""Answer each line of JSON on standard input with a line on standard output."""

import json
import sys

from .contract import Signature, to_array, to_lists
from .contract.runtime import Runtime
from .settings import ARTIFACTS


def main() -> None:
    """Run the command: inputs by name in, outputs by name out."""
    signature = Signature.read(ARTIFACTS)
    runtime = Runtime(signature.verify(ARTIFACTS))
    for line in sys.stdin:
        fields = json.loads(line)
        inputs = {
            name: to_array(fields[name], spec.dtype)
            for name, spec in signature.inputs.items()
        }
        print(json.dumps(to_lists(runtime.predict(inputs))), flush=True)


if __name__ == "__main__":
    main()
