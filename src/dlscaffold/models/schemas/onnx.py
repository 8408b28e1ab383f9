"""ONNX: messages of onnx.proto."""

from dlscaffold.models.schemas import Fields, numbered

MODEL = Fields(
    "ModelProto",
    ir_version=1,
    producer_name=2,
    producer_version=3,
    graph=7,
    opset_import=8,
    functions=25,
)
OPSET = Fields("OperatorSetIdProto", domain=1, version=2)
FUNCTION = Fields("FunctionProto", name=1, node=7, domain=10, attribute_proto=11)
GRAPH = Fields(
    "GraphProto", node=1, initializer=5, input=11, output=12, sparse_initializer=15
)
NODE = Fields("NodeProto", op_type=4, attribute=5, domain=7)
ATTRIBUTE = Fields(
    "AttributeProto",
    t=5,
    g=6,
    tensors=10,
    graphs=11,
    sparse_tensor=22,
    sparse_tensors=23,
)
TENSOR = Fields(
    "TensorProto",
    dims=1,
    data_type=2,
    name=8,
    raw_data=9,
    external_data=13,
    data_location=14,
)
SPARSE_TENSOR = Fields("SparseTensorProto", values=1, indices=2)
ENTRY = Fields("StringStringEntryProto", key=1, value=2)
VALUE = Fields("ValueInfoProto", name=1, type=2)
TYPE = Fields("TypeProto", tensor_type=1)
TENSOR_TYPE = Fields("TypeProto.Tensor", elem_type=1, shape=2)
SHAPE = Fields("TensorShapeProto", dim=1)
DIMENSION = Fields("TensorShapeProto.Dimension", dim_value=1, dim_param=2)

# TensorProto.DataLocation
EXTERNAL = 1
# TensorProto.DataType, from 1
DTYPES = numbered(
    "float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32"
    " uint64 complex64 complex128 bfloat16 float8_e4m3fn float8_e4m3fnuz"
    " float8_e5m2 float8_e5m2fnuz uint4 int4 float4_e2m1",
    start=1,
)
