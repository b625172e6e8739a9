"""A process that paints one picture after the other keeps nothing of those before."""

import gc
import os
import sys
from pathlib import Path

import numpy as np
import pytest

import tf_nst

PHOTO = (np.arange(48 * 64 * 3) * 7919 % 256).astype(np.uint8).reshape(48, 64, 3)
OPTIONS = {"size": 32, "steps": 2, "weights": "random", "precision": "float32"}
# A graph that stays takes some 40 MB; the allocator gives back what it likes, when it likes.
ALLOWED_MEGABYTES = 5.0


def resident_megabytes() -> float:
    """Main memory that this process has in use."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def registered_gradients() -> set[str]:
    """Names of what TensorFlow's registry of gradients keeps for ever."""
    from tensorflow.python.framework import ops

    return set(ops.gradient_registry.list())


@pytest.mark.parametrize("tile", ["off", "32"])
def test_nothing_is_registered_for_ever(tile):
    options = OPTIONS | {"size": 48, "tile": tile, "tv_weight": 1.0}
    tf_nst.stylize(PHOTO, PHOTO[::-1], **options)
    before = registered_gradients()
    tf_nst.stylize(PHOTO, PHOTO[::-1], **options)
    assert registered_gradients() == before


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ten_pictures_take_no_more_memory_than_two():
    for _ in range(2):
        tf_nst.stylize(PHOTO, PHOTO[::-1], **OPTIONS)
    before = resident_megabytes()
    for _ in range(8):
        tf_nst.stylize(PHOTO, PHOTO[::-1], **OPTIONS)
    assert resident_megabytes() - before < 8 * ALLOWED_MEGABYTES
