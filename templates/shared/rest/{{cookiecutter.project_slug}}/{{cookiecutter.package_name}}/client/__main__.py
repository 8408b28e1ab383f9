"""Send an example over REST, and print the answer."""

from . import command
from .rest import DEFAULT_URL, Client

if __name__ == "__main__":
    command.run(Client, "--url", DEFAULT_URL)
