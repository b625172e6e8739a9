"""How much memory a run needs at its peak, estimated before it starts."""

from tf_nst.model.networks import Layer

_BYTES = {"bfloat16": 2, "float32": 4, "float64": 8}
# Python with TensorFlow imported and its libraries touched; measured on Linux.
_BASE = 720_000_000
# Float32 arrays of the largest layer's size that live at once where gradients meet: the features
# as the Gram reads them, their gradient, and the two before they are added. Measured.
_LARGEST_ALIVE = 4


def estimate_bytes(
    layers: tuple[Layer, ...], picture: tuple[int, int], style: tuple[int, int], dtype: str
) -> int:
    """The estimated peak of the process in bytes: a step's, or that of measuring a large style.

    Args:
      layers: of the network, up to the deepest that is used.
      picture: height and width in pixels.
      style: height and width in pixels at which it is measured.
      dtype: of the features.
    """
    size = _BYTES[dtype]
    weights = sum(9 * layer.channels_in * layer.channels for layer in layers)
    values = _values_per_layer(layers, *picture)
    step = size * sum(values) + 4 * _LARGEST_ALIVE * max(values)
    # Forward alone a layer goes as the next has come: one in its dtype, and as the Gram reads it.
    measuring = (size + 4) * max(_values_per_layer(layers, *style))
    return _BASE + size * weights + max(step, measuring)


def _values_per_layer(layers: tuple[Layer, ...], height: int, width: int) -> list[int]:
    values = []
    for layer in layers:
        if layer.kind == "pooling":
            height, width = height // 2, width // 2
        values.append(height * width * layer.channels)
    return values
