"""How much memory a run needs."""

from tf_nst.model.networks import Layer

_BYTES = {"float32": 4, "bfloat16": 2, "float64": 8}


def estimate_bytes(layers: tuple[Layer, ...], height: int, width: int, dtype: str) -> int:
    return 0
