"""How much memory a run needs at its peak, estimated before it starts."""

from tf_nst.model.networks import Layer

_BYTES = {"bfloat16": 2, "float32": 4, "float64": 8}
# Python with TensorFlow imported and its libraries touched; measured on Linux.
_BASE = 720_000_000
# Float32 arrays of the largest layer's size that live at once where gradients meet: the features
# as the Gram reads them, their gradient, and the two before they are added. Measured.
_LARGEST_ALIVE = 4


def estimate_bytes(layers: tuple[Layer, ...], height: int, width: int, dtype: str) -> int:
    """The estimated peak of the process in bytes, for a picture of height x width pixels.

    Args:
      layers: of the network, up to the deepest that is used.
      height: pixels.
      width: pixels.
      dtype: of the features.
    """
    size = _BYTES[dtype]
    weights = sum(9 * layer.channels_in * layer.channels for layer in layers)
    values = _values_per_layer(layers, height, width)
    return _BASE + size * (weights + sum(values)) + 4 * _LARGEST_ALIVE * max(values)


def _values_per_layer(layers: tuple[Layer, ...], height: int, width: int) -> list[int]:
    values = []
    for layer in layers:
        if layer.kind == "pooling":
            height, width = height // 2, width // 2
        values.append(height * width * layer.channels)
    return values
