"""The extractor equals keras.applications layer by layer, and a float64 NumPy forward."""

import gc
import os
import weakref

import numpy as np
import PIL.Image
import pytest
import reference
import tensorflow as tf
from applications import application, assert_equal_layers, names, their_features
from tolerances import assert_close

from tf_nst.model.networks import NETWORKS
from tf_nst.model.pooling import POOLING_SCALES
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import load_weights

IMAGE = reference.counting(37, 50)[None]
SMALL = reference.counting(33, 35)
EXAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "examples")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_equals_keras(name):
    network = NETWORKS[name]
    weights = load_weights("random", network, network.layers, seed=1, report=pytest.fail)
    arrays = {
        layer: (kernel, np.linspace(-1.0, 2.0, bias.size, dtype=np.float32))
        for layer, (kernel, bias) in weights.arrays.items()
    }
    theirs = application(name, arrays)
    ours = build_extractor(network, names(network), arrays)
    features = ours(tf.constant(IMAGE, tf.float32))
    assert_equal_layers(features, their_features(theirs, IMAGE))


@pytest.mark.parametrize("pooling", POOLING_SCALES)
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_every_layer_equals_the_reference(tiny, tiny_arrays, make_extractor, pooling, dtype):
    features = make_extractor(names(tiny), pooling, dtype)(tf.constant(SMALL[None]))
    expected = reference.vgg_features(SMALL, tiny.layers, tiny_arrays, pooling)
    assert list(features) == list(expected)
    for name, value in expected.items():
        assert features[name].dtype == tf.as_dtype(dtype)
        assert np.max(value) > 0, f"{name} is dead: nothing is compared"
        row = "bfloat16 network" if dtype == "bfloat16" else dtype
        assert_close(features[name][0], value, row)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_a_repeated_edge_is_that_of_a_picture_enlarged_by_it(make_extractor, dtype):
    """Of whose features the outermost are left out; only the first convolution sees it."""
    enlarged = np.pad(SMALL, [(1, 1), (1, 1), (0, 0)], "edge")
    first = make_extractor(("block1_conv1",), dtype=dtype)(tf.constant(enlarged[None]))
    expected = first["block1_conv1"][:, 1:-1, 1:-1]
    layers = ("block1_conv1", "block1_conv2")
    features = make_extractor(layers, dtype=dtype, padding="edge")(tf.constant(SMALL[None]))
    row = "bfloat16 network" if dtype == "bfloat16" else dtype
    assert_close(features["block1_conv1"], expected, row)
    zeros = make_extractor(layers, dtype=dtype)(tf.constant(SMALL[None]))
    inner = slice(None), slice(2, -2), slice(2, -2)
    assert_close(features["block1_conv2"][inner], zeros["block1_conv2"][inner], row)
    assert not np.allclose(features["block1_conv2"][:, 0], zeros["block1_conv2"][:, 0])


def test_a_picture_of_one_colour_has_one_feature_everywhere_where_its_edge_is_repeated(
    make_extractor,
):
    picture = tf.constant(np.tile([0.2, 0.5, 0.8], [1, 6, 9, 1]))
    features = make_extractor(("block1_conv1",), dtype="float64", padding="edge")(picture)
    values = features["block1_conv1"].numpy()
    np.testing.assert_allclose(values, np.broadcast_to(values[:, :1, :1], values.shape))


def test_the_scales_are_those_of_the_reference():
    assert POOLING_SCALES == reference.POOLING_SCALES


def test_the_model_is_cut_at_the_deepest_layer_and_gives_only_what_was_asked_for(make_extractor):
    model = make_extractor(("block3_conv2", "block1_conv1"))
    assert model.layers[-1].name == "block3_conv2"
    assert set(model.output) == {"block3_conv2", "block1_conv1"}


def test_only_the_arrays_of_the_cut_are_needed(tiny, tiny_arrays, make_extractor, content):
    """Its features are those of a network that was given all; one array less is too few."""
    arrays = {name: pair for name, pair in tiny_arrays.items() if name.startswith("block1")}
    features = build_extractor(tiny, ("block1_conv2",), arrays)(content)
    expected = make_extractor(("block1_conv2",))(content)
    np.testing.assert_array_equal(features["block1_conv2"], expected["block1_conv2"])
    del arrays["block1_conv2"]
    with pytest.raises(KeyError):
        build_extractor(tiny, ("block1_conv2",), arrays)


def test_the_model_is_frozen(make_extractor):
    model = make_extractor(("block2_conv1",))
    assert model.trainable_weights == []
    assert len(model.non_trainable_weights) == 6


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float64"])
def test_weights_are_kept_in_the_dtype_alone(make_extractor, dtype):
    model = make_extractor(("block1_conv2",), dtype=dtype)
    assert {weight.dtype for weight in model.weights} == {dtype}


def test_weights_are_those_of_the_layers_below_and_gone_with_the_model(tiny, tiny_arrays):
    """However many extractors one process builds."""
    below = ("block1_conv1", "block1_conv2", "block2_conv1")
    model = build_extractor(tiny, ("block2_conv1",), tiny_arrays)
    model(tf.constant(IMAGE, tf.float32))
    weights = [weight.value for weight in model.weights]
    expected = [np.shape(array) for name in below for array in tiny_arrays[name]]
    assert [tuple(weight.shape) for weight in weights] == expected
    alive = [weakref.ref(it) for it in (model, *model.layers, *weights)]
    del model, weights
    gc.collect()
    assert not [it for it in alive if it() is not None]


def test_one_trace_serves_every_size(make_extractor):
    model = make_extractor(("block2_conv1",))
    traced = tf.function(model, input_signature=[tf.TensorSpec([None, None, None, 3])])
    for height, width in ((32, 48), (50, 20)):
        image = tf.constant(reference.counting(height, width)[None], tf.float32)
        assert_close(traced(image)["block2_conv1"], model(image)["block2_conv1"], "float32")
    assert traced.experimental_get_tracing_count() == 1


def test_another_activation_brings_its_own_gradient(tiny, tiny_arrays):
    """The values of ReLU with the gradient of the identity: features are equal, gradients not."""

    @tf.custom_gradient
    def open_relu(values):
        return tf.nn.relu(values), lambda upstream: upstream

    image = tf.constant(SMALL[None])
    results = []
    for activation in (tf.nn.relu, open_relu):
        model = build_extractor(
            tiny, ("block1_conv1",), tiny_arrays, dtype="float64", activation=activation
        )
        with tf.GradientTape() as tape:
            tape.watch(image)
            features = model(image)["block1_conv1"]
        results.append((features, tape.gradient(features, image)))
    (features, gradient), (same, other) = results
    np.testing.assert_array_equal(same, features)
    # Every position of an open ReLU passes 255 times the kernel: inside, the sum over its taps.
    kernel = np.float64(tiny_arrays["block1_conv1"][0])[:, :, ::-1]
    assert_close(other[0, 5, 5], 255 * kernel.sum(axis=(0, 1, 3)), "float64")
    assert not np.allclose(gradient, other)


@pytest.mark.parametrize("pooling", POOLING_SCALES)
def test_pooling_of_a_constant_is_its_scale(make_extractor, pooling):
    model = make_extractor(("block4_pool",), pooling, "float64")
    for block in range(1, 5):
        pooled = model.get_layer(f"block{block}_pool")(tf.fill([1, 5, 7, 2], np.float64(3.0)))
        expected = np.full([1, 2, 3, 2], 3 * POOLING_SCALES[pooling][block - 1])
        assert_close(pooled, expected, "float64")


@pytest.mark.parametrize("pooling", POOLING_SCALES)
def test_gradients_through_pooling_of_dead_features_are_finite(make_extractor, pooling):
    pool = make_extractor(("block1_pool",), pooling).get_layer("block1_pool")
    features = tf.zeros([1, 4, 4, 2])
    with tf.GradientTape() as tape:
        tape.watch(features)
        pooled = pool(features)
    assert np.isfinite(tape.gradient(pooled, features)).all()


def test_pictures_of_a_batch_do_not_see_each_other(make_extractor):
    model = make_extractor(("block2_conv1", "block4_pool"), dtype="float64")
    images = np.stack([SMALL, SMALL[::-1, ::-1]])
    for name, features in model(tf.constant(images)).items():
        for index in range(2):
            alone = model(tf.constant(images[index : index + 1]))[name][0]
            assert_close(features[index], alone, "float64")


@pytest.fixture(scope="module")
def imagenet() -> dict:
    network = NETWORKS["vgg19"]
    return load_weights("imagenet", network, network.layers, seed=0, report=pytest.fail).arrays


def test_every_layer_of_imagenet_vgg19_equals_keras(imagenet):
    theirs = application("vgg19", imagenet)
    ours = build_extractor(NETWORKS["vgg19"], names(NETWORKS["vgg19"]), imagenet)
    features = ours(tf.constant(IMAGE, tf.float32))
    assert_equal_layers(features, their_features(theirs, IMAGE))


# Of the root mean square with max pooling: the scales are means over many pictures. Unscaled,
# block5_conv1 is down by 5.7 (average) and 3.5 (L2).
POOLING_FACTOR = 1.15


@pytest.mark.parametrize("example", ["louvre_court.jpg", "water_garden.jpg"])
@pytest.mark.parametrize("pooling", ["average", "l2"])
def test_pooling_keeps_the_root_mean_square(imagenet, example, pooling):
    image = PIL.Image.open(os.path.join(EXAMPLES, example)).convert("RGB")
    image.thumbnail((256, 256))
    image = tf.constant(np.asarray(image)[None] / 255.0, tf.float32)
    layers = tuple(f"block{block}_conv1" for block in range(2, 6))
    sizes = {}
    for kind in ("max", pooling):
        model = build_extractor(NETWORKS["vgg19"], layers, imagenet, pooling=kind)
        features = model(image)
        sizes[kind] = {name: np.sqrt(np.mean(np.square(it))) for name, it in features.items()}
    for name in layers:
        ratio = sizes[pooling][name] / sizes["max"][name]
        assert 1 / POOLING_FACTOR < ratio < POOLING_FACTOR, f"{name}: {ratio:.3f}"
