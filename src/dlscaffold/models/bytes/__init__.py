"""File formats below the models: protocol buffers, flatbuffers, ZIP, NumPy.

Everything here reads untrusted bytes. It runs nothing, checks each number where it is
read, and raises MalformedError for whatever is wrong.
"""
