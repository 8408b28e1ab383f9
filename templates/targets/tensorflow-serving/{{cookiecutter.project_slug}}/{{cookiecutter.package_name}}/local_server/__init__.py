"""A stand-in for TensorFlow Serving, for laptops and CI without a container engine.

It loads a SavedModel as TensorFlow Serving does, graph and session, and speaks its REST
API. It is slower and has no batching: it is there to develop against, not to deploy.
"""
