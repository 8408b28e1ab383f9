"""The contract between the trained model and whatever serves it.

`export` writes two files beside the model: `signature.json` says what goes in and what
comes out, `golden.json` holds examples with the outputs of the training framework. The
smoke tests hold every runtime and server to both. You rarely need to change this room.
"""

from .files import ContractError, changed, digest
from .golden import Golden
from .parity import Tolerance, check_parity
from .signature import FIXED, FREE, NONE, Signature, TensorSpec
from .task import Task
from .tensors import Tensors, to_array, to_lists
