"""What this machine can do for each pair, and whether a project is consistent."""
