"""What int8 may cost."""

import pytest
from project.contract import ContractError, forms


def test_a_loss_of_more_than_a_point_is_refused() -> None:
    """The message says by how much, and what to do; one point is allowed."""
    forms.refuse_loss(0.98, 0.97)
    with pytest.raises(ContractError, match=r"96\.0% .* instead of 98\.0%"):
        forms.refuse_loss(0.98, 0.96)
