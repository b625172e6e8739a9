"""Weights of other recipes in our units: the same loss on the same features (docs/units.md).

F, P, S are features [h, w, C] of the picture, the content and the style; G and A the Grams of F
and S divided by their positions M. |.|^2 is a sum over all entries.
"""

from typing import NamedTuple

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import build_objective, term_values, total
from tf_nst.objective.terms import CONTENT, STYLE, build_terms

CONTENT_LAYERS = ("block4_conv2",)
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))
HEIGHT, WIDTH = 32, 38


class Layer(NamedTuple):
    """What a conversion needs of a layer: |P|^2 or |A|^2, channels C and positions M."""

    square: float
    channels: int
    positions: int


def product_sum(features: np.ndarray) -> np.ndarray:
    """The Gram that is not divided by anything: sum over positions of f f^T."""
    rows = features.reshape(-1, features.shape[-1])
    return rows.T @ rows


def gatys_loss(features, content, style, alpha=1.0, beta=1e3) -> float:
    """Gatys et al. 2016, equations 1, 4, 5 and 7.

    alpha * sum_l 1/2 * sum (F - P)^2 + beta * sum_l 1/5 * 1 / (4 C^2 M^2) * sum (MG - MA)^2
    """
    loss = 0.0
    for layer in CONTENT_LAYERS:
        loss += alpha * 0.5 * np.sum((features[layer] - content[layer]) ** 2)
    for layer in STYLE_LAYERS:
        height, width, channels = features[layer].shape
        error = np.sum((product_sum(features[layer]) - product_sum(style[layer])) ** 2)
        loss += beta / 5 / (4 * channels**2 * (height * width) ** 2) * error
    return loss


def gatys_content(layer: Layer, alpha=1.0) -> float:
    """alpha |P|^2 / 2"""
    return alpha * layer.square / 2


def gatys_style(layer: Layer, beta=1e3) -> float:
    """beta |A|^2 / (20 C^2), the style being as large as the picture."""
    return beta * layer.square / (20 * layer.channels**2)


def neural_style_loss(features, content, style, content_weight=5.0, style_weight=100.0) -> float:
    """jcjohnson/neural-style: mean squared errors; Grams divided by the number of elements C M.

    content_weight * mean (F - P)^2 + style_weight * sum_l mean (G / C - A / C)^2
    """
    loss = 0.0
    for layer in CONTENT_LAYERS:
        loss += content_weight * np.mean((features[layer] - content[layer]) ** 2)
    for layer in STYLE_LAYERS:
        grams = [product_sum(it[layer]) / it[layer].size for it in (features, style)]
        loss += style_weight * np.mean((grams[0] - grams[1]) ** 2)
    return loss


def neural_style_content(layer: Layer, content_weight=5.0) -> float:
    """content_weight |P|^2 / (C M)"""
    return content_weight * layer.square / (layer.channels * layer.positions)


def neural_style_style(layer: Layer, style_weight=100.0) -> float:
    """style_weight |A|^2 / C^4"""
    return style_weight * layer.square / layer.channels**4


def tutorial_loss(features, content, style, content_weight=1e4, style_weight=1e-2) -> float:
    """TensorFlow's tutorial "Neural style transfer": mean squared errors; Grams over positions.

    content_weight / layers * sum_l mean (F - P)^2 + style_weight / layers * sum_l mean (G - A)^2
    """
    loss = 0.0
    for layer in CONTENT_LAYERS:
        error = np.mean((features[layer] - content[layer]) ** 2)
        loss += content_weight / len(CONTENT_LAYERS) * error
    for layer in STYLE_LAYERS:
        counts = [it[layer].shape[0] * it[layer].shape[1] for it in (features, style)]
        gram, target = (
            product_sum(it[layer]) / count
            for it, count in zip((features, style), counts, strict=True)
        )
        loss += style_weight / len(STYLE_LAYERS) * np.mean((gram - target) ** 2)
    return loss


def tutorial_content(layer: Layer, content_weight=1e4) -> float:
    """content_weight |P|^2 / (K C M) for K content layers"""
    size = len(CONTENT_LAYERS) * layer.channels * layer.positions
    return content_weight * layer.square / size


def tutorial_style(layer: Layer, style_weight=1e-2) -> float:
    """style_weight |A|^2 / (L C^2) for L style layers"""
    return style_weight * layer.square / (len(STYLE_LAYERS) * layer.channels**2)


def keras_loss(features, content, style, content_weight=2.5e-8, style_weight=1e-6) -> float:
    """Keras' example "Neural style transfer": sums; 3 channels and the pixels H W at every layer.

    content_weight * sum (F - P)^2
    + style_weight / layers * sum_l 1 / (4 * 3^2 * (H W)^2) * sum (MG - MA)^2
    """
    loss = 0.0
    for layer in CONTENT_LAYERS:
        loss += content_weight * np.sum((features[layer] - content[layer]) ** 2)
    for layer in STYLE_LAYERS:
        error = np.sum((product_sum(features[layer]) - product_sum(style[layer])) ** 2)
        loss += style_weight / len(STYLE_LAYERS) * error / (4 * 3**2 * (HEIGHT * WIDTH) ** 2)
    return loss


def keras_content(layer: Layer, content_weight=2.5e-8) -> float:
    """content_weight |P|^2"""
    return content_weight * layer.square


def keras_style(layer: Layer, style_weight=1e-6) -> float:
    """style_weight |A|^2 M^2 / (36 L (H W)^2), the style being as large as the picture."""
    pixels = HEIGHT * WIDTH
    return style_weight * layer.square * layer.positions**2 / (36 * len(STYLE_LAYERS) * pixels**2)


RECIPES = {
    "gatys": (gatys_loss, gatys_content, gatys_style),
    "neural_style": (neural_style_loss, neural_style_content, neural_style_style),
    "tutorial": (tutorial_loss, tutorial_content, tutorial_style),
    "keras": (keras_loss, keras_content, keras_style),
}
# What has to be 0 so that only the loss of this role is left.
WITHOUT = {(name, "content"): "style_weight" for name in RECIPES}
WITHOUT |= {(name, "style"): "content_weight" for name in RECIPES}
WITHOUT |= {("gatys", "content"): "beta", ("gatys", "style"): "alpha"}
# These normalise the picture's and the style's Grams alike, whatever the sizes of the two.
ANY_STYLE_SIZE = ("neural_style", "tutorial")


def our_config(content, style, content_weight, style_weight) -> ObjectiveConfig:
    """The two lists as flags take them: relative weights, and their sum."""
    of_content = {
        name: content_weight(Layer(np.sum(features**2), features.shape[2], positions(features)))
        for name, features in content.items()
        if name in CONTENT_LAYERS
    }
    of_style = {
        name: style_weight(
            Layer(np.sum(reference.gram(style[name]) ** 2), features.shape[2], positions(features))
        )
        for name, features in style.items()
        if name in STYLE_LAYERS
    }
    return ObjectiveConfig(
        content_layers=tuple(Weighted(*item) for item in of_content.items()),
        style_layers=tuple(Weighted(*item) for item in of_style.items()),
        style_statistic=(Weighted("gram"),),
        content_weight=sum(of_content.values()),
        style_weight=sum(of_style.values()),
        tv_weight=0.0,
    )


def positions(features) -> int:
    return features.shape[0] * features.shape[1]


def picture(seed: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(seed).random([height, width, 3])


@pytest.mark.parametrize(
    ("recipe", "style_size"),
    [
        *((name, (HEIGHT, WIDTH)) for name in RECIPES),
        *((name, (40, 33)) for name in ANY_STYLE_SIZE),
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_our_loss_equals_the_recipe_with_its_converted_weights(
    recipe, style_size, dtype, tiny, make_extractor
):
    loss, content_weight, style_weight = RECIPES[recipe]
    pictures = picture(1, HEIGHT, WIDTH), picture(2, HEIGHT, WIDTH), picture(3, *style_size) ** 2
    image, content, style = (tf.constant(it[None], dtype) for it in pictures)
    extractor = make_extractor(CONTENT_LAYERS + STYLE_LAYERS, dtype=dtype)
    features = [
        {name: np.asarray(value[0], np.float64) for name, value in extractor(it).items()}
        for it in (image, content, style)
    ]
    config = our_config(*features[1:], content_weight, style_weight)
    assert used_layers(config, tiny) == CONTENT_LAYERS + STYLE_LAYERS
    named = {CONTENT: content, STYLE: style}
    objective = build_objective(extractor, build_terms(config, tiny), named)
    values = term_values(objective, image)
    for role in ("content", "style"):
        terms = [term for term in objective.terms if term.role == role]
        expected = loss(*features, **{WITHOUT[recipe, role]: 0.0})
        assert expected > 0
        assert_close(total(terms, values), [expected], dtype)
