"""How a generated project is run, step by step."""
