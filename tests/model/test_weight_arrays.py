"""Files whose arrays are not the network's: missing, of another network, shape or value."""

import h5py
import numpy as np
import pytest
from weight_files import (
    CHANNELS,
    LAYOUTS,
    TINY16,
    TINY19,
    assert_same,
    counting,
    keras_3,
    keras_3_early,
    load,
    official,
    refusal,
    written,
)

from tf_nst.model.networks import Network

pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.mark.parametrize("layout", [official, keras_3], ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("lost", ["block1_conv1", "block5_conv2"])
def test_missing_layers_are_named(tmp_path, layout, lost):
    arrays = counting(TINY19)
    del arrays[lost]
    line = refusal(written(tmp_path / "w.h5", arrays, layout))
    assert f"received a file without {lost};" in line


def test_a_kernel_without_a_bias_is_a_missing_layer(tmp_path):
    path = written(tmp_path / "w.h5", counting(TINY19))
    with h5py.File(path, "r+") as file:
        del file["block2_conv1/block2_conv1_b_1:0"]
    assert "received a file without block2_conv1;" in refusal(path)


def test_a_file_with_no_known_layer_names_what_is_missing(tmp_path):
    path = written(tmp_path / "w.h5", {"dense": (np.ones((3, 3)), np.ones(3))})
    assert "received a file without block1_conv1;" in refusal(path, names=("block1_conv1",))


def test_unnamed_convolutions_of_another_number_are_no_vgg(tmp_path):
    arrays = dict(list(counting(TINY19).items())[:15])
    path = written(tmp_path / "w.h5", arrays, keras_3_early)
    assert "without block1_conv1;" in refusal(path, names=("block1_conv1",))


def test_convolutions_of_other_names_are_no_vgg(tmp_path):
    arrays = {f"conv_{name}": pair for name, pair in counting(TINY19).items()}
    path = written(tmp_path / "w.h5", arrays, keras_3)
    assert "without block1_conv1;" in refusal(path, names=("block1_conv1",))


ANY_LAYOUT = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)


@ANY_LAYOUT
@pytest.mark.parametrize("names", [("block1_conv1",), ("block5_pool",)], ids=str)
def test_the_file_of_vgg16_for_vgg19_gets_a_hint(tmp_path, layout, names):
    line = refusal(written(tmp_path / "w.h5", counting(TINY16), layout), TINY19, names)
    assert "without block3_conv4, block4_conv4, block5_conv4" in line
    assert "--network=vgg16" in line


@ANY_LAYOUT
@pytest.mark.parametrize("names", [("block1_conv1",), ("block5_pool",)], ids=str)
def test_the_file_of_vgg19_for_vgg16_gets_a_hint(tmp_path, layout, names):
    line = refusal(written(tmp_path / "w.h5", counting(TINY19), layout), TINY16, names)
    assert "also holds block3_conv4, block4_conv4, block5_conv4" in line
    assert "--network=vgg19" in line


def test_a_file_of_an_unknown_network_gets_no_hint(tmp_path):
    other = Network("other", (3, 2, 3, 3, 3), CHANNELS)
    line = refusal(written(tmp_path / "w.h5", counting(other)), TINY16)
    assert "also holds block1_conv3;" in line
    assert "--network" not in line


@pytest.mark.parametrize(
    ("part", "shape", "expected"),
    [(0, (3, 3, 4, 2), (3, 3, 2, 4)), (0, (5, 5, 2, 4), (3, 3, 2, 4)), (1, (3,), (4,))],
)
def test_another_shape_is_refused_with_both_shapes(tmp_path, part, shape, expected):
    arrays = counting(TINY19)
    pair = list(arrays["block3_conv1"])
    pair[part] = np.ones(shape, np.float32)
    arrays["block3_conv1"] = tuple(pair)
    line = refusal(written(tmp_path / "w.h5", arrays))
    assert "block3_conv1" in line
    assert f"of shape {expected}, received {shape};" in line


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(tmp_path, part, value):
    arrays = counting(TINY19)
    arrays["block4_conv2"][part].flat[-1] = value
    line = refusal(written(tmp_path / "w.h5", arrays))
    assert "block4_conv2" in line and "NaN or infinite" in line
    load(written(tmp_path / "w.h5", arrays), names=("block4_conv1",))


def test_integers_are_refused(tmp_path):
    arrays = counting(TINY19)
    arrays["block1_conv1"] = tuple(array.astype(np.uint16) for array in arrays["block1_conv1"])
    line = refusal(written(tmp_path / "w.h5", arrays))
    assert "block1_conv1 with a floating-point kernel, received uint16" in line


def test_names_that_are_not_utf8_are_passed_over(tmp_path):
    path = written(tmp_path / "w.h5", counting(TINY19))
    with h5py.File(path, "r+") as file:
        file[b"\xff\xfe"] = np.ones(3)
    assert_same(load(path).arrays, counting(TINY19))
