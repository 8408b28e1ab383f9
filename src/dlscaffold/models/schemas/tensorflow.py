"""TensorFlow: messages of saved_model.proto and of those that it refers to."""

from dlscaffold.models.schemas import Fields, numbered

SAVED_MODEL = Fields("SavedModel", meta_graphs=2)
META_GRAPH = Fields(
    "MetaGraphDef", meta_info_def=1, graph_def=2, signature_def=5, object_graph_def=7
)
META_INFO = Fields("MetaGraphDef.MetaInfoDef", tags=4, tensorflow_version=5)
ENTRY = Fields("MetaGraphDef.SignatureDefEntry", key=1, value=2)  # as of every map
SIGNATURE = Fields("SignatureDef", inputs=1, outputs=2)
TENSOR_INFO = Fields("TensorInfo", name=1, dtype=2, tensor_shape=3)
SHAPE = Fields("TensorShapeProto", dim=2, unknown_rank=3)
DIMENSION = Fields("TensorShapeProto.Dim", size=1)
GRAPH = Fields("GraphDef", node=1, library=2)
LIBRARY = Fields("FunctionDefLibrary", function=1)
FUNCTION = Fields("FunctionDef", signature=1, node_def=3)
OPERATOR = Fields("OpDef", name=1)
NODE = Fields("NodeDef", name=1, op=2, input=3, attr=5)
ATTRIBUTE = Fields("AttrValue", list=1, func=10)
LIST = Fields("AttrValue.ListValue", func=9)
NAME_ATTRIBUTES = Fields("NameAttrList", name=1)
OBJECT_GRAPH = Fields("SavedObjectGraph", nodes=1)
OBJECT = Fields("SavedObject", variable=7)
VARIABLE = Fields("SavedVariable", shape=2)

REFERENCE = 100  # is added to a DataType for a reference to a tensor of it
# DataType of types.proto, from 1
DTYPES = numbered(
    "float32 float64 int32 uint8 int16 int8 string complex64 int64 bool qint8"
    " quint8 qint32 bfloat16 qint16 quint16 uint16 complex128 float16 resource"
    " variant uint32 uint64",
    start=1,
)
