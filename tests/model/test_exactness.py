"""What a byte a weight costs: the network in the box beside the file at TF_NST_WEIGHTS."""

import os
from pathlib import Path

import keras
import numpy as np
import PIL.Image
import pytest
import reference
import tensorflow as tf
from applications import assert_equal_layers, names, their_features

from tf_nst.model.hdf5 import convolutions
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import load_weights

pytestmark = pytest.mark.exact_weights

VGG19 = NETWORKS["vgg19"]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))
IMAGE = reference.counting(37, 50)[None]


def arrays_of(choice: str) -> dict:
    return load_weights(choice, VGG19, VGG19.layers, seed=0, report=pytest.fail).arrays


@pytest.fixture(scope="module")
def bundled() -> dict:
    return arrays_of("imagenet")


@pytest.fixture(scope="module")
def exact() -> dict:
    return arrays_of(os.environ["TF_NST_WEIGHTS"])


def relative_error(actual, exact) -> float:
    """Root mean square (Frobenius) of the difference, as a share of that of the exact numbers."""
    actual, exact = np.float64(actual), np.float64(exact)
    return float(np.linalg.norm(actual - exact) / np.linalg.norm(exact))


@pytest.mark.parametrize("layer", [layer.name for layer in convolutions(VGG19.layers)])
def test_kernels_are_within_a_hundredth_and_biases_equal(bundled, exact, layer):
    """Each of the nine taps by itself: a file that is exact in one of them only shows it there."""
    taps = [arrays[layer][0].reshape(9, -1) for arrays in (bundled, exact)]
    assert max(relative_error(*pair) for pair in zip(*taps, strict=True)) < 0.01
    np.testing.assert_array_equal(bundled[layer][1], exact[layer][1])


@pytest.fixture(scope="module")
def extractors(bundled, exact) -> tuple:
    return tuple(build_extractor(VGG19, STYLE_LAYERS, arrays) for arrays in (bundled, exact))


def gram(features: tf.Tensor) -> np.ndarray:
    rows = np.float64(features).reshape(-1, features.shape[-1])
    return rows.T @ rows / len(rows)


@pytest.mark.parametrize("example", ["louvre_court.jpg", "water_garden.jpg"])
def test_gram_matrices_are_within_12_thousandths(extractors, example):
    image = PIL.Image.open(EXAMPLES / example).convert("RGB")
    image.thumbnail((256, 256))
    image = tf.constant(np.asarray(image)[None] / 255.0, tf.float32)
    actual, expected = (extractor(image) for extractor in extractors)
    for layer in STYLE_LAYERS:
        error = relative_error(gram(actual[layer]), gram(expected[layer]))
        assert error < 0.012, f"{layer}: {error:.3%}"


def test_every_layer_of_keras_reading_the_file_equals_ours(exact):
    path = os.environ["TF_NST_WEIGHTS"]
    theirs = keras.applications.VGG19(weights=path, include_top=False)
    ours = build_extractor(VGG19, names(VGG19), exact)
    features = ours(tf.constant(IMAGE, tf.float32))
    assert_equal_layers(features, their_features(theirs, IMAGE))
