"""One module a format, each with `read(source) -> Contents`.

A reader says what is in a file. What a runtime makes of that is `fitting`'s to say.
"""
