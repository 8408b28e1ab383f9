from .int8 import TOLERANCE, write_int8
