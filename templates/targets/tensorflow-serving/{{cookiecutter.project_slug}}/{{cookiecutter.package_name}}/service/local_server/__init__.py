"""A stand-in for TensorFlow Serving, for laptops and CI without a container engine.

It loads a SavedModel as TensorFlow Serving does, graph and session, and speaks its REST
API. It is slower and has no batching: it is there to develop against, not to deploy.
"""

import os

# The convolutions of oneDNN end the process when an input has the wrong rank.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
