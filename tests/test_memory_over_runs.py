"""A process that paints one picture after the other registers nothing for each of them;
test_painting.py has what else must not stay."""

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
