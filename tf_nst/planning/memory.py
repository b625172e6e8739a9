"""How much memory a run needs at its peak, and how much there is."""

from pathlib import Path
from typing import NamedTuple

from tf_nst.model.networks import Layer
from tf_nst.planning.precision import convolution_library

_BYTES = {"bfloat16": 2, "float32": 4, "float64": 8}
# Python with TensorFlow imported and 200 MB of its libraries touched, with eigendecompositions.
# Measured on Linux: the default statistics' peaks are 10 % above, Gram matrices' 1 % below.
_BASE = 850_000_000
# Float32 arrays of the largest layer's size that live at once where gradients meet: the features
# as the Gram reads them, their gradient, and the two before they are added. Without oneDNN the
# gradient of a 3x3 convolution is a product with nine copies of it besides. Measured.
_LARGEST_ALIVE = {"oneDNN": 4, "Eigen": 10}
# Float32 arrays of the picture's size that live at once besides the optimiser's own, where windows
# leave little else: what the run started from, the picture and the one before it, which is the last
# good one, the one that is shown and its copies, the gradient, content and style as codes, and what
# TensorFlow's allocator keeps. Measured, but for the one before.
_PICTURES = 8


Size = tuple[int, int]


class Sizes(NamedTuple):
    """Height and width in pixels of what a scale has in memory.

    Attributes:
      picture: the whole of it.
      evaluated: what is evaluated at once: the picture, or a window of it.
      styles: what is measured at once of each style: the whole, or a window of it.
      windows: of the picture; 1 where it is evaluated whole.
    """

    picture: Size
    evaluated: Size
    styles: tuple[Size, ...]
    windows: int = 1


def estimate_bytes(
    layers: tuple[Layer, ...],
    sizes: Sizes,
    dtype: str,
    kept: int = 0,
    references: tuple[str, ...] = (),
    measured: int = 0,
) -> int:
    """The estimated peak of the process in bytes: a step's, or that of measuring a large style.

    Args:
      layers: of the network, up to the deepest that is used.
      sizes: of the scale.
      dtype: of the features.
      kept: bytes of the optimiser's.
      references: layers whose features are kept by windows.
      measured: bytes that statistics keep of a style while they are measured.
    """
    size = _BYTES[dtype]
    weights = sum(9 * layer.channels_in * layer.channels for layer in layers)
    values = _values_per_layer(layers, *sizes.evaluated)
    step = size * sum(values) + 4 * _LARGEST_ALIVE[convolution_library()] * max(values)
    # Forward alone a layer goes as the next has come: one in its dtype, and as the Gram reads it.
    largest = (max(_values_per_layer(layers, *style)) for style in sizes.styles)
    measuring = (size + 4) * max(largest, default=0) + measured
    if sizes.windows > 1:
        whole = zip(layers, _values_per_layer(layers, *sizes.picture), strict=True)
        features = sum(count for layer, count in whole if layer.name in references)
        kept += size * features + _PICTURES * picture_bytes(*sizes.picture)
    return _BASE + size * weights + max(step + kept, measuring)


def picture_bytes(height: int, width: int) -> int:
    """A float32 array of a picture's size."""
    return 4 * 3 * height * width


def available_bytes() -> int | None:
    """Four fifths of the main memory that is free; None where the system does not say.

    Estimates are within a fifth, and Linux ends a process that takes more than there is.

    A container's limit counts. Linux alone; the memory of GPUs is not looked at.
    """
    known = [value for value in (_meminfo(), _container()) if value is not None]
    return int(0.8 * min(known)) if known else None


def _meminfo() -> int | None:
    kilobytes = _field(_text("/proc/meminfo"), "MemAvailable:")
    return None if kilobytes is None else kilobytes * 1024


# Where a container's limit stands, what it uses, and how much of that are files that the kernel
# forgets when memory is asked for; of control groups version 2 and 1.
_CONTAINER_FILES = (
    (
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory.current",
        "/sys/fs/cgroup/memory.stat",
        "inactive_file",
    ),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
        "/sys/fs/cgroup/memory/memory.stat",
        "total_inactive_file",
    ),
)


def _container() -> int | None:
    for limit_file, used_file, detail_file, files in _CONTAINER_FILES:
        limit, used = _text(limit_file).strip(), _text(used_file).strip()
        if limit and used:
            forgotten = _field(_text(detail_file), files) or 0
            return None if limit == "max" else max(0, int(limit) - int(used) + forgotten)
    return None


def _text(path: str) -> str:
    """What a file holds; nothing where there is none."""
    try:
        return Path(path).read_text(encoding="ascii")
    except OSError:
        return ""


def _field(text: str, name: str) -> int | None:
    """The number that follows a name at the start of a line."""
    rows = (line.split() for line in text.splitlines())
    return next((int(row[1]) for row in rows if row[:1] == [name]), None)


def _values_per_layer(layers: tuple[Layer, ...], height: int, width: int) -> list[int]:
    values = []
    for layer in layers:
        if layer.kind == "pooling":
            height, width = height // 2, width // 2
        values.append(height * width * layer.channels)
    return values
