"""What may be printed on a terminal."""


def printable(text: str) -> str:
    """Return a text from outside without what would steer the terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
