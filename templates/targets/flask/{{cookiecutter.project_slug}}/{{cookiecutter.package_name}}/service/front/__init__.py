"""The asynchronous server in front of the Flask application.

README.md explains it on one page. You rarely need to change this room.
"""
