"""What a model file says of itself, read without running anything that is in it.

`identify.describe(path)` is the way in. One module reads one format; which one is
decided by the table in `kinds.py`. What they share: `wire` walks protocol buffers,
`flat` walks flatbuffers, `archive` reads ZIP files, `values` checks JSON. None of them
imports a framework.
"""
