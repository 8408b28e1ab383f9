"""LiteRT: tables of schema.fbs and conversion_metadata.fbs."""

from dlscaffold.models.schemas import Fields, numbered

MODEL = Fields(
    "Model", operator_codes=1, subgraphs=2, buffers=4, metadata=6, signature_defs=7
)
OPERATOR_CODE = Fields(
    "OperatorCode", deprecated_builtin_code=0, custom_code=1, builtin_code=3
)
SUBGRAPH = Fields("SubGraph", tensors=0, inputs=1, outputs=2, operators=3, name=4)
OPERATOR = Fields("Operator", opcode_index=0)
TENSOR = Fields("Tensor", shape=0, type=1, buffer=2, name=3, shape_signature=7)
BUFFER = Fields("Buffer", data=0)
METADATA = Fields("Metadata", name=0, buffer=1)
SIGNATURE = Fields(
    "SignatureDef", inputs=0, outputs=1, signature_key=2, subgraph_index=4
)
TENSOR_MAP = Fields("TensorMap", name=0, tensor_index=1)
CONVERSION = Fields("ConversionMetadata", environment=0)
ENVIRONMENT = Fields("Environment", tensorflow_version=0)

CUSTOM = 32  # the BuiltinOperator of all that are not built in
# TensorType
DTYPES = numbered(
    "float32 float16 int32 uint8 int64 string bool int16 complex64 int8 float64"
    " complex128 uint64 resource variant uint32 uint16 int4 bfloat16",
)
