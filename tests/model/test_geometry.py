"""Geometry against the measured gradient support of features, and the numbers of VGG19."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_within

from tf_nst.model.geometry import geometry, receptive_box
from tf_nst.model.networks import NETWORKS, Network
from tf_nst.model.vgg import build_extractor

# One channel each, so that large pictures are cheap; the geometry is that of the real ones.
THIN = {name: Network(name, it.convolutions, (1,) * 5) for name, it in NETWORKS.items()}
CASES = [
    ("vgg19", "block1_conv2"),
    ("vgg19", "block2_conv1"),
    ("vgg19", "block3_pool"),
    ("vgg19", "block4_conv2"),
    ("vgg19", "block5_conv1"),
    ("vgg16", "block4_conv2"),
    ("vgg16", "block5_conv3"),
]
every_case = pytest.mark.parametrize(("name", "layer"), CASES)


def averaging_extractor(name: str, layer: str):
    """Average pooling and kernels of 1 / 9: everything that is seen counts, nothing vanishes."""
    network = THIN[name]
    arrays = {
        it.name: (np.full((3, 3, it.channels_in, 1), 1 / (9 * it.channels_in)), np.zeros(1))
        for it in network.layers
        if it.kind == "convolution"
    }
    return build_extractor(network, (layer,), arrays, pooling="average", dtype="float64")


def bright(height: int, width: int) -> np.ndarray:
    """Pixels above every ImageNet mean, so that every ReLU is open."""
    return 0.6 + 0.4 * reference.counting(height, width)[None]


def support(extractor, layer: str, side: int, row: int, column: int) -> tuple[slice, slice]:
    """The pixels that the feature at (row, column) depends on."""
    image = tf.constant(bright(side, side))
    with tf.GradientTape() as tape:
        tape.watch(image)
        feature = extractor(image)[layer][0, row, column, 0]
    nonzero = np.abs(tape.gradient(feature, image)[0]).sum(axis=-1) > 0
    rows, columns = np.flatnonzero(nonzero.any(axis=1)), np.flatnonzero(nonzero.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


@pytest.mark.parametrize(
    ("layer", "stride", "field", "halo"),
    [
        ("block1_conv1", 1, 3, 1),
        ("block1_pool", 2, 6, 2),
        ("block4_conv2", 8, 84, 40),
        ("block5_conv1", 16, 156, 80),
    ],
)
def test_the_known_numbers_of_vgg19(layer, stride, field, halo):
    assert geometry(NETWORKS["vgg19"], (layer,)) == (stride, field, halo, stride)


def test_the_deepest_layer_counts():
    network = NETWORKS["vgg19"]
    both = geometry(network, ("block4_conv2", "block1_conv1"))
    assert both == geometry(network, ("block4_conv2",))


@every_case
def test_stride_and_receptive_field_are_the_measured_ones(name, layer):
    stride, field, *_ = geometry(THIN[name], (layer,))
    side = (2 * field // stride + 4) * stride
    middle = side // stride // 2
    extractor = averaging_extractor(name, layer)
    first = support(extractor, layer, side, middle, middle)
    second = support(extractor, layer, side, middle, middle + 1)
    for span in first:
        assert 0 < span.start and span.stop < side, "the field is cut off by the border"
        assert span.stop - span.start == field
    assert second[0] == first[0]
    assert second[1].start - first[1].start == second[1].stop - first[1].stop == stride


@every_case
def test_receptive_boxes_are_the_gradients_support(name, layer):
    stride, field, *_ = geometry(THIN[name], (layer,))
    side = (2 * field // stride + 4) * stride
    middle = side // stride // 2
    extractor = averaging_extractor(name, layer)
    for row, column in ((middle, middle), (middle + 1, middle - 1)):
        box = receptive_box(THIN[name], layer, row, column)
        rows, columns = support(extractor, layer, side, row, column)
        assert (rows.start, columns.start, rows.stop, columns.stop) == box


@every_case
def test_at_a_corner_the_box_reaches_past_the_border_and_the_support_ends_there(name, layer):
    side = 4 * geometry(THIN[name], (layer,)).stride
    box = receptive_box(THIN[name], layer, 0, 0)
    rows, columns = support(averaging_extractor(name, layer), layer, side, 0, 0)
    assert box.top < 0 and box.left < 0
    assert rows == columns == slice(0, min(side, box.bottom))


def core_error(extractor, layer: str, halo: int, stride: int) -> float:
    """The largest relative error of the features of a core in a window with this halo."""
    core, margin = 4 * stride, 8 * stride
    image = bright(core + 2 * margin, core + 2 * margin)
    window = image[:, margin - halo : margin + core + halo, margin - halo : margin + core + halo]
    whole, part = extractor(tf.constant(image))[layer], extractor(tf.constant(window))[layer]
    start, cut = margin // stride, halo // stride
    expected = whole[:, start : start + 4, start : start + 4]
    actual = part[:, cut : cut + 4, cut : cut + 4]
    return float(np.max(np.abs(actual - expected) / expected))


@every_case
def test_a_window_with_the_halo_has_exact_features_and_with_a_stride_less_has_not(name, layer):
    stride, _, halo, _ = geometry(THIN[name], (layer,))
    extractor = averaging_extractor(name, layer)
    assert core_error(extractor, layer, halo, stride) < 1e-13
    assert core_error(extractor, layer, halo - stride, stride) > 1e-11


@every_case
def test_the_least_size_gives_one_feature_and_a_pixel_less_none(name, layer):
    least = geometry(THIN[name], (layer,)).least_size
    extractor = averaging_extractor(name, layer)
    features = extractor(tf.constant(bright(least, least)))[layer]
    assert features.shape == (1, 1, 1, 1)
    assert_within(features > 0, np.ones([1, 1, 1, 1]), 0.0)
    if least > 1:
        for height, width in ((least - 1, 3 * least), (3 * least, least - 1)):
            assert tf.size(extractor(tf.constant(bright(height, width)))[layer]) == 0
