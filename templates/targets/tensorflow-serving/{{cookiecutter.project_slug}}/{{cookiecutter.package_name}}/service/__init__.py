"""What runs TensorFlow Serving: versions, labels, warm-up and a local stand-in.

You rarely need to change this room.
"""
