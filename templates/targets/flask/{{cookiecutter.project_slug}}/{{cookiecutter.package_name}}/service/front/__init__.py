"""The asynchronous server in front of the Flask application. You need not change it."""
