def to_lists(tensors: Tensors) -> dict[str, Any]:
    """Return the tensors as nested lists, which JSON can hold."""
    return {name: tensor.tolist() for name, tensor in tensors.items()}


def to_array(values: ArrayLike, dtype: str) -> NDArray[Any]:
    """Return the values as an array of this data type."""
    return np.array(values, dtype)


