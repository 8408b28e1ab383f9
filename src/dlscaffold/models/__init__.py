"""What a model file says of itself, read without running anything that is in it.

`identify.describe(path)` returns a description. `kinds` is the table of formats; each
has a module in `readers`, which finds fields by the names in `schemas` and reads the
file with `bytes`. `fitting` compares the result with what layers export and support.
None of these imports a framework.
"""
