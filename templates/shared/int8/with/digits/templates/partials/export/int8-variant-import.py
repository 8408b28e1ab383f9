from .int8 import write_int8
