"""Clients of the service, as classes and as commands.

You rarely need to change this room.
"""
