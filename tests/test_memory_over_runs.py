"""A process that paints one picture after the other keeps nothing of them."""

import subprocess
import sys

import numpy as np
import pytest

import tf_nst

PHOTO = (np.arange(48 * 64 * 3) * 7919 % 256).astype(np.uint8).reshape(48, 64, 3)
OPTIONS = {
    "size": 48,
    "steps": 2,
    "weights": "random",
    "precision": "float32",
    "content_layers": "conv2_1",
    "style_layers": "conv1_1,conv2_1",
    "optimizer": "adam",
    "tv_weight": 1.0,
}


def registered_gradients() -> set[str]:
    """Names of what TensorFlow's registry of gradients keeps for ever."""
    from tensorflow.python.framework import ops

    return set(ops.gradient_registry.list())


@pytest.mark.parametrize("tile", ["off", "32"])
def test_nothing_is_registered_for_ever(tile):
    tf_nst.stylize(PHOTO, PHOTO[::-1], **OPTIONS, tile=tile)
    before = registered_gradients()
    tf_nst.stylize(PHOTO, PHOTO[::-1], **OPTIONS, tile=tile)
    assert registered_gradients() == before


# Paints six pictures; prints the megabytes in use after each.
CODE = """
import gc
import numpy as np
import tf_nst

photo = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
layers = {"content_layers": "conv2_1", "style_layers": "conv1_1,conv2_1"}
for _ in range(6):
    tf_nst.stylize(photo, photo[::-1], size=48, steps=2, weights="random", **layers)
    gc.collect()
    pages = open("/proc/self/statm").read().split()[1]
    print(int(pages) * 4096 / 1e6)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_six_pictures_grow_memory_by_less_than_five_megabytes_each_after_the_second():
    """A kept graph is 40. In a process of its own: other tests leave its allocator much to give."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    megabytes = [float(line) for line in done.stdout.split()]
    assert len(megabytes) == 6
    assert megabytes[-1] - megabytes[1] < 5 * 4
