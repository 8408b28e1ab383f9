"""The Flask application that serves the model.

Start with `app.py`. You can change this room freely; a new release of it does not
change what is in the others.
"""
