"""ExecuTorch: tables of program.fbs."""

from dlscaffold.models.schemas import Fields, numbered

PROGRAM = Fields("Program", execution_plan=1)
PLAN = Fields(
    "ExecutionPlan",
    name=0,
    values=2,
    inputs=3,
    outputs=4,
    chains=5,
    operators=6,
    delegates=7,
)
VALUE = Fields("EValue", val_type=0, val=1)
TENSOR = Fields("Tensor", scalar_type=0, sizes=2)
OPERATOR = Fields("Operator", name=0, overload=1)
CHAIN = Fields("Chain", instructions=2)
INSTRUCTION = Fields("Instruction", instr_args_type=0, instr_args=1)
KERNEL_CALL = Fields("KernelCall", op_index=0)
DELEGATE = Fields("BackendDelegate", id=0)

# Members of the unions InstructionArguments and KernelTypes
IS_KERNEL_CALL = 1
IS_TENSOR = 5
SCALARS = {2: "int64", 3: "bool", 4: "float64", 6: "string"}
# ScalarType of scalar_type.fbs
DTYPES = {
    **numbered("uint8 int8 int16 int32 int64 float16 float32 float64"),
    **{11: "bool", 15: "bfloat16", 27: "uint16", 28: "uint32", 29: "uint64"},
}
