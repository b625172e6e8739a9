"""Measures of a painted picture by features of VGG19: its style's, and its self-similarity."""

import numpy as np

STYLE_LAYERS = ("conv2_2", "conv3_3", "conv4_3")
CONTENT_LAYERS = STYLE_LAYERS[1:]
PROJECTIONS, QUANTILES, POSITIONS = 64, 4096, 1024


def build():
    """The network in the box: a function [h, w, 3] in 0..1 -> {paper's name of a layer: [n, C]}.

    The features at STYLE_LAYERS, float32, a row for each of n positions.
    """
    import tensorflow as tf

    from tf_nst.model.networks import NETWORKS, canonical_layer
    from tf_nst.model.vgg import build_extractor
    from tf_nst.model.weights import load_weights

    network = NETWORKS["vgg19"]
    layers = {canonical_layer(name, network): name for name in STYLE_LAYERS}
    weights = load_weights("imagenet", network, network.up_to(tuple(layers)), seed=0, report=print)
    extractor = build_extractor(weights.network, tuple(layers), weights.arrays)

    def extract(picture):
        features = extractor(tf.constant(picture[None], tf.float32))
        return {
            name: features[layer].numpy().reshape(-1, features[layer].shape[-1])
            for layer, name in layers.items()
        }

    return extract


def sliced_distance(one, other, *, seed=0):
    """Sliced Wasserstein-2 of the rows of [n, C] and [m, C], relative to the rows of `other`.

    The root of the mean square difference between the quantiles of both along PROJECTIONS random
    unit vectors, over the root mean square of the projections of `other` (Bonneel et al. 2015,
    Sliced and Radon Wasserstein barycenters of measures, section 3). n quantiles at most, m, or
    QUANTILES, whichever is the least; with as many as rows they are the sorted rows themselves.
    """
    directions = np.random.default_rng(seed).standard_normal((one.shape[1], PROJECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    count = min(len(one), len(other), QUANTILES)
    projected = [np.sort(directions.T @ rows.T.astype(np.float64)) for rows in (one, other)]
    ours, theirs = (quantiles(rows, count) for rows in projected)
    return float(np.sqrt(np.mean((ours - theirs) ** 2) / np.mean(projected[1] ** 2)))


def quantiles(rows, count):
    """[P, n] sorted -> [P, count] at the middles of equal shares, linear between neighbours."""
    length = rows.shape[1]
    places = (np.arange(count) + 0.5) * length / count - 0.5
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, length - 1)
    return rows[:, below] + (places - below) * (rows[:, above] - rows[:, below])


def style_distances(picture, style):
    """{layer: `sliced_distance`} of the features of a picture and of its style."""
    return {layer: sliced_distance(picture[layer], style[layer]) for layer in STYLE_LAYERS}


def self_similarity(one, other, *, seed=0):
    """How differently the positions of [n, C] and of [n, C] resemble each other; 0: alike.

    The mean absolute difference between both matrices of cosine distances, whose rows are divided
    by their means: n times the content loss of Kolkin et al. 2019 (Style transfer by relaxed
    optimal transport and self-similarity, equation 7), whose rows are divided by their sums. Of
    POSITIONS random positions where there are more.
    """
    rows = np.random.default_rng(seed).permutation(len(one))[:POSITIONS]
    return float(np.mean(np.abs(_distances(one[rows]) - _distances(other[rows]))))


def _distances(rows):
    """Cosine distances [n, n] between rows [n, C], each row over its mean."""
    rows = rows.astype(np.float64)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    distances = np.maximum(1 - rows @ rows.T, 0)
    return distances / np.maximum(distances.mean(1, keepdims=True), 1e-12)


def content_difference(picture, photograph):
    """The mean of `self_similarity` over CONTENT_LAYERS of the features of both."""
    return float(
        np.mean([self_similarity(picture[layer], photograph[layer]) for layer in CONTENT_LAYERS])
    )
