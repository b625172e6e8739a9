"""The speed of the devices at hand. No time is compared."""

import pytest
import tensorflow as tf

from tf_nst.model.networks import Network
from tf_nst.model.operations import operations
from tf_nst.planning import speed
from tf_nst.planning.speed import convolution_speed, network_speed

TINY = Network("tiny", (1, 1), (2, 4))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_device_has_a_speed(dtype):
    strategy = tf.distribute.get_strategy()
    assert 1e6 < convolution_speed(strategy, dtype) < 1e18
    assert 1e6 < network_speed(TINY.layers, strategy, dtype) < 1e18


@pytest.fixture
def timed(monkeypatch) -> list[tuple]:
    """A trillion operations a second whatever is timed; the shapes of what was."""
    shapes = []

    def seconds(strategy, function, picture, kernels):
        shapes.append(tuple(picture.shape))
        _, height, width, channels = picture.shape
        layers = TINY.layers if isinstance(kernels, list) else ()
        counted = 2 * operations(layers, height, width) or 18 * height * width * channels**2
        return counted / 1e12

    monkeypatch.setattr(speed, "call_seconds", seconds)
    return shapes


def test_a_fast_device_is_given_a_larger_picture(timed):
    """32, 64 and 128 pixels at a trillion operations a second: the third call is long enough."""
    measured = convolution_speed(tf.distribute.get_strategy(), "float32")
    assert timed == [(1, side, side, 256) for side in (32, 64, 128)]
    assert measured == pytest.approx(1e12)


def test_a_networks_speed_is_that_of_all_its_layers_both_ways(timed):
    measured = network_speed(TINY.layers, tf.distribute.get_strategy(), "float32")
    assert timed == [(1, 128, 128, 3)]
    assert measured == pytest.approx(1e12)
