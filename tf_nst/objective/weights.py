"""How much each position of a layer counts, from masks in pixels."""

from collections.abc import Mapping

import tensorflow as tf

from tf_nst.model.geometry import geometry
from tf_nst.model.networks import Network
from tf_nst.objective.terms import Term, Terms, layer_stride


def position_weights(
    network: Network, terms: Terms, masks: Mapping[str, tf.Tensor]
) -> dict[str, tf.Tensor]:
    """{term: [1, h, w, 1] float32}: its mask at its layer, the mean of each position's pixels.

    Args:
      masks: {name: [1, H, W, 1] float32, 0 or more}, of the painted picture's size.
    """
    return {
        term.name: _pooled_mask(masks[term.mask], layer_stride(network, term.layer))
        for term in terms
        if term.mask is not None
    }


def target_weights(
    network: Network, terms: Terms, masks: Mapping[str, tf.Tensor]
) -> dict[str, tf.Tensor]:
    """As `position_weights`, of the pictures at which targets are measured.

    Where a layer's positions miss all that a mask shows, such as a last odd row, each counts as 1.

    Args:
      masks: {name: [1, h, w, 1] float32, 0 or more}, each of its picture's size.
    """
    return {
        term.name: _ones_for_nothing(_pooled_mask(masks[term.of_mask], stride))
        for term in terms
        if term.of_mask is not None
        for stride in (layer_stride(network, term.layer),)
    }


def guide_weights(
    network: Network, terms: Terms, masks: Mapping[str, tf.Tensor]
) -> dict[str, tf.Tensor]:
    """As `target_weights`, of masks beside which there is something else to see.

    A feature sees its whole receptive field, so that those at a mask's border are of both sides.
    They do not count: a weight is the mask's least value in the field (the eroded guidance maps of
    Gatys et al. 2017, section 4). How much that takes off follows from the layer; where nothing is
    left, half the field is looked at, then the position's own pixels, as `target_weights` does.
    """
    pooled = target_weights(network, terms, masks)
    return {
        term.name: _eroded(network, term, masks[term.of_mask], pooled[term.name])
        for term in terms
        if term.of_mask is not None
    }


def _eroded(network: Network, term: Term, mask: tf.Tensor, pooled: tf.Tensor) -> tf.Tensor:
    stride, field, *_ = geometry(network, (term.layer,))
    weights = pooled
    for margin in ((field - stride) // 4, (field - stride) // 2):
        least = _least(_least(mask, (2 * margin + 1, 1), 1, "SAME"), (1, 2 * margin + 1), 1, "SAME")
        least = _least(least, (stride, stride), stride, "VALID")
        weights = tf.where(tf.reduce_any(least > 0), least, weights)
    return weights


def _least(mask: tf.Tensor, sides: tuple[int, int], stride: int, padding: str) -> tf.Tensor:
    """The least value in windows of so many pixels; past the borders there is none."""
    return -tf.nn.max_pool2d(-mask, sides, stride, padding)


def _ones_for_nothing(weights: tf.Tensor) -> tf.Tensor:
    return tf.where(tf.reduce_any(weights > 0), weights, tf.ones_like(weights))


def _pooled_mask(mask: tf.Tensor, stride: int) -> tf.Tensor:
    return tf.nn.avg_pool2d(mask, stride, stride, "VALID")
