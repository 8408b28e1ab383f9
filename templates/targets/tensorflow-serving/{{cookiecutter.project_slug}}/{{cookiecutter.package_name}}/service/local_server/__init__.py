"""A stand-in for TensorFlow Serving, for laptops and CI without a container engine.

It loads a SavedModel as TensorFlow Serving does, by graph and session, and answers the
predict, status and metadata requests of its REST API. You rarely need to change it.
"""

import os

# The convolutions of oneDNN end the process when an input has the wrong rank.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
