"""Reads damaged files as an export does, in a graph, and says what came of each."""

import contextlib
import os
import resource
import traceback
from collections.abc import Callable
from pathlib import Path

from fuzzing.seeds import make_seeds
from fuzzing.variants import bmp_variants, png_variants

# What a picture may declare, so that one that grows past it fills the memory.
MOST_PIXELS = 100_000
KINDS = ("JPEG ", "PNG ", "WEBP ", "GIF ", "BMP ")


def graph_seeds() -> dict[str, bytes]:
    """Valid files of the formats that a graph knows, and of GIF, which it refuses; JPEGs count
    several times, since there are few and their markers have led readers astray."""
    files = {name: data for name, data in make_seeds().items() if f"{name} ".startswith(KINDS)}
    jpegs = {name: data for name, data in files.items() if name.startswith("JPEG")}
    more = {f"{name}, {number}": data for number in range(5) for name, data in jpegs.items()}
    return files | png_variants() | bmp_variants()[0] | more


def graph_reader(gigabytes: float) -> Callable[[Path], tuple[str, str]]:
    """The function from a file to "picture", "line" or "traceback", and what was said.

    Memory is limited to so much more than TensorFlow takes by itself.
    """
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    from tf_nst.serving.headers import read_header
    from tf_nst.serving.pictures import decode

    @tf.function(input_signature=[tf.TensorSpec([], tf.string)], autograph=False)
    def read(data):
        header = read_header(data)
        return decode(data, "photo", MOST_PIXELS), header.height, header.width

    def outcome_of(path: Path) -> tuple[str, str]:
        try:
            picture, *declared = read(path.read_bytes())
        except tf.errors.InvalidArgumentError as error:
            return "line", str(error).splitlines()[0]
        except BaseException:
            return "traceback", traceback.format_exc()
        height, width = map(int, declared)
        fits = tuple(picture.shape) == (1, height, width, 3) and height * width <= MOST_PIXELS
        return ("picture" if fits else "traceback"), f"{picture.shape}, declared {width}×{height}"

    # Once for each decoder, so that what they load is there before memory is limited.
    for data in graph_seeds().values():
        with contextlib.suppress(tf.errors.InvalidArgumentError):
            read(data)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = taken + int(gigabytes * 1e9)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return outcome_of
