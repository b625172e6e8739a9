"""From a config, an extractor and two images to a loss that can be evaluated at any image."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted
from tf_nst.model.networks import Network
from tf_nst.objective.layers import content_layers, style_layers
from tf_nst.objective.terms import IMAGE, TERMS, Means, Term, means

Extractor = Callable[[tf.Tensor], dict[str, tf.Tensor]]
Values = dict[str, tf.Tensor]


class Objective(NamedTuple):
    """A loss: terms, and what they compare with.

    Attributes:
      extractor: [B, H, W, 3] in 0..1 -> {layer: [B, h, w, C]}.
      terms: the terms, weights above 0.
      targets: {name of a style term: the means measured at the style}.
      references: {layer: features of the content [B or 1, h, w, C]}.
    """

    extractor: Extractor
    terms: tuple[Term, ...]
    targets: dict[str, Means]
    references: dict[str, tf.Tensor]


def build_terms(config: ObjectiveConfig, network: Network) -> tuple[Term, ...]:
    """The terms of `config`, those of weight 0 left out.

    The weights within a list of layers or statistics are relative: they are divided by their sum,
    so that content_weight and style_weight mean the same with one layer or with ten.

    Raises:
      UserError: a layer that the network lacks.
    """
    style = style_layers(config, network)
    terms = [
        TERMS[config.content_loss](layer, weight)
        for layer, weight in _spread(config.content_weight, content_layers(config, network))
    ]
    for statistic, share in _spread(config.style_weight, config.style_statistic):
        terms += [TERMS[statistic](layer, weight) for layer, weight in _spread(share, style)]
    if config.tv_weight > 0:
        terms.append(TERMS[config.tv_loss](IMAGE, config.tv_weight))
    return tuple(terms)


def _spread(total: float, items: tuple[Weighted, ...]) -> list[tuple[str, float]]:
    weights = sum(item.weight for item in items)
    return [(item.name, total * item.weight / weights) for item in items]


def build_objective(
    extractor: Extractor, terms: tuple[Term, ...], content: tf.Tensor, style: tf.Tensor
) -> Objective:
    """Measures the targets, in one compiled call.

    Args:
      extractor: gives every layer of the terms.
      terms: see `build_terms`.
      content: [B or 1, H, W, 3] float32 in 0..1, of the size that will be painted.
      style: [1, h, w, 3] float32 in 0..1, of any size.
    """

    @tf.function(autograph=False)
    def measure(content, style):
        return style_targets(extractor, terms, style), references(extractor, terms, content)

    # A concrete function: TensorFlow warns of tf.functions that are traced for one call each, which
    # is what a program that paints many pictures does.
    return Objective(
        extractor, terms, *measure.get_concrete_function(content, style)(content, style)
    )


def style_targets(
    extractor: Extractor, terms: tuple[Term, ...], style: tf.Tensor
) -> dict[str, Means]:
    """{name of a style term: its means} of `style` [1, h, w, 3] float32 in 0..1."""
    features = extractor(style)
    return {
        term.name: means(term.moments(features[term.layer]))
        for term in terms
        if term.role == "style"
    }


def references(extractor: Extractor, terms: tuple[Term, ...], content: tf.Tensor) -> Values:
    """{content layer: features [B or 1, h, w, C]} of `content`, float32 in 0..1."""
    layers = {term.layer for term in terms if term.role == "content"}
    return {layer: features for layer, features in extractor(content).items() if layer in layers}


def blend(targets: Sequence[dict[str, Means]], weights: Sequence[float]) -> dict[str, Means]:
    """The weighted mean of several styles' targets. `weights` are above 0, relative to their sum.

    Means over positions blend as if each style were seen at its share of the positions.
    """
    shares = [weight / sum(weights) for weight in weights]

    def mean(*values):
        return tf.add_n([share * value for share, value in zip(shares, values, strict=True)])

    return tf.nest.map_structure(mean, *targets)


def term_values(objective: Objective, image: tf.Tensor) -> Values:
    """Each term's distance, unweighted.

    Args:
      image: [B, H, W, 3] float32 in 0..1.

    Returns:
      {name: [B] float32}, in the order of the terms.
    """
    features = {**objective.extractor(image), IMAGE: image * 255.0}
    values = {}
    for term in objective.terms:
        sums = term.moments(features[term.layer], objective.references.get(term.layer))
        values[term.name] = term.distance(means(sums), objective.targets.get(term.name))
    return values


def total(terms: tuple[Term, ...], values: Values) -> tf.Tensor:
    """The loss [B]: the sum over terms of weight * distance, the weight a number or one of [B]."""
    return tf.add_n(
        [
            tf.convert_to_tensor(term.weight, values[term.name].dtype) * values[term.name]
            for term in terms
        ]
    )
