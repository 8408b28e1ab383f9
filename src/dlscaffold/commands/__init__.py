"""One module for each command: it prints and exits, and decides nothing."""
