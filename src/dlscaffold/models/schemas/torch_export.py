"""torch.export: enumerations of torch/_export/serde/schema.py, which writes JSON."""

from dlscaffold.models.schemas import numbered

# ScalarType
DTYPES = {
    **numbered(
        "uint8 int8 int16 int32 int64 float16 float32 float64 complex32 complex64"
        " complex128 bool bfloat16",
        start=1,
    ),
    **numbered(
        "uint16 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz", start=28
    ),
    **numbered("uint32 uint64", start=34),
}
# Fields of Argument
SCALARS = {
    "as_int": "int64",
    "as_float": "float64",
    "as_bool": "bool",
    "as_string": "string",
    "as_sym_int": "int64",
}
