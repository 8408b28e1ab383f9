"""The layers of `templates/`: which fit together, and how they become a template."""
