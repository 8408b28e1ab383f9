    "int8": write_int8,
