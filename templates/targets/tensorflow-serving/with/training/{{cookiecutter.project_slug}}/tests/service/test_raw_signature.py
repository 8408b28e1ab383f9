"""Raw values, sent to the server, which prepares them in the graph."""

import numpy as np

from {{ cookiecutter.package_name }} import contract
from {{ cookiecutter.package_name }}.client.raw import to_request
from {{ cookiecutter.package_name }}.client.rest import Client
from {{ cookiecutter.package_name }}.contract import raw
from {{ cookiecutter.package_name }}.evaluation import held_out


def test_raw_values_give_what_their_inputs_give(
    client: Client, signature: contract.Signature, golden: contract.Golden
) -> None:
    """The graph prepares them as training did."""
    served = client.predict(*to_request(raw.from_json(golden.raw), signature))
    contract.check_parity(golden.outputs, served, signature.tolerance)


def test_raw_examples_score_as_in_training(
    client: Client, signature: contract.Signature
) -> None:
    """Otherwise training sees other inputs than clients get."""

    def predict(values: raw.Columns) -> contract.Tensors:
        count = len(next(iter(values.values())))
        parts = []
        for start in range(0, count, 16):  # examples in a request
            part = {name: all_[start : start + 16] for name, all_ in values.items()}
            parts.append(client.predict(*to_request(part, signature)))
        return {
            name: np.concatenate([part[name] for part in parts]) for name in parts[0]
        }

    held_out.check(predict)
