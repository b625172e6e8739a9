"""From terms, an extractor and pictures by name to a loss that can be evaluated at any image."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.objective.image_layers import IMAGE_LAYERS
from tf_nst.objective.kept import Kept, with_kept
from tf_nst.objective.statistic import Sums, Value
from tf_nst.objective.terms import Term, Terms

Extractor = Callable[[tf.Tensor], dict[str, tf.Tensor]]
Features = dict[str, tf.Tensor]
Values = dict[str, tf.Tensor]
# Pictures by name, each [B or 1, h, w, 3] float32 in 0..1.
Pictures = Mapping[str, tf.Tensor]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Objective(NamedTuple):
    """A loss: terms, and what they compare with.

    Attributes:
      extractor: [B, H, W, 3] in 0..1 -> {layer: [B, h, w, C]}.
      terms: the terms, weights above 0.
      targets: {term: value measured at its picture}.
      references: {picture: {layer: features [B or 1, h, w, C]}}.
      weights: {term: [1, h, w, 1], how much each position of its layer counts}; a term without a
        mask is not in it.
      kept: what of a photograph is not painted; (): all is painted.
    """

    extractor: Extractor
    terms: Terms
    targets: dict[str, Value]
    references: dict[str, Features]
    weights: dict[str, tf.Tensor]
    kept: Kept | tuple[()] = ()


def build_objective(
    extractor: Extractor,
    terms: Terms,
    pictures: Pictures,
    weights: Mapping[str, tf.Tensor] = NOTHING,
) -> Objective:
    """Measures the targets, in one compiled call.

    Args:
      extractor: gives every layer of the terms.
      terms: see `build_terms`.
      pictures: those that the terms name; of the size that will be painted where features are
        compared position by position, else of any size.
      weights: see `Objective` and `weights.position_weights`.
    """

    def measure(pictures: Pictures) -> tuple[dict[str, Value], dict[str, Features]]:
        return (
            measure_targets(extractor, terms, pictures),
            measure_references(extractor, terms, pictures),
        )

    # A concrete function: TensorFlow warns of tf.functions that are traced for one call each, which
    # is what a program that paints many pictures does.
    traced = tf.function(measure, autograph=False)
    targets, references = traced.get_concrete_function(dict(pictures))(dict(pictures))
    return Objective(extractor, terms, targets, references, dict(weights))


def target_pictures(terms: Terms) -> tuple[str, ...]:
    """The pictures at which targets are measured, each once."""
    return tuple(dict.fromkeys(term.of for term in terms if term.of and term.has_target))


def reference_pictures(terms: Terms) -> tuple[str, ...]:
    """The pictures whose features are compared position by position, each once."""
    return tuple(dict.fromkeys(term.of for term in terms if term.of and term.has_reference))


def measure_targets(
    extractor: Extractor,
    terms: Terms,
    pictures: Pictures,
    weights: Mapping[str, tf.Tensor] = NOTHING,
) -> dict[str, Value]:
    """{term: the value of its statistic at its picture}, of the terms that have a target.

    Args:
      pictures: a term whose picture is not among them is left out.
      weights: see `weights.target_weights`.
    """
    targets: dict[str, Value] = {}
    for name in filter(pictures.__contains__, target_pictures(terms)):
        measured = tuple(term for term in terms if term.has_target and term.of == name)
        features = observe(extractor, measured, pictures[name])
        sums = measure_sums(measured, features, weights=weights)
        targets |= {term.name: term.kind.target_of(sums[term.name]) for term in measured}
    return targets


def measure_references(
    extractor: Extractor, terms: Terms, pictures: Pictures
) -> dict[str, Features]:
    """{picture: {layer: features}} of the terms that compare position by position."""
    references = {}
    for name in reference_pictures(terms):
        compared = tuple(term for term in terms if term.has_reference and term.of == name)
        layers = {term.layer for term in compared}
        features = observe(extractor, compared, pictures[name])
        references[name] = {layer: features[layer] for layer in features if layer in layers}
    return references


def blend(
    targets: Sequence[dict[str, Value]], weights: Sequence[float], terms: Terms
) -> dict[str, Value]:
    """The targets of several pictures as one. `weights` are above 0, relative to their sum."""
    shares = [weight / sum(weights) for weight in weights]
    return {
        term.name: term.kind.blend([target[term.name] for target in targets], shares)
        for term in terms
        if term.has_target
    }


def observe(extractor: Extractor, terms: Terms, image: tf.Tensor) -> Features:
    """{layer: features} of an image [B, H, W, 3] in 0..1, of the extractor and of the terms'
    IMAGE_LAYERS."""
    layers = {term.layer for term in terms if term.layer in IMAGE_LAYERS}
    return extractor(image) | {
        name: IMAGE_LAYERS[name].features(image * 255.0) for name in sorted(layers)
    }


def measure_sums(
    terms: Terms,
    features: Features,
    references: Mapping[str, Features] = NOTHING,
    weights: Mapping[str, tf.Tensor] = NOTHING,
) -> dict[str, Sums]:
    """{term: the sums of its statistic} over the positions of `features`.

    Args:
      features: see `observe`.
      references: see `Objective`, at the same positions.
      weights: {term: [1, h, w, 1]}; of a term that is not in it every position counts as 1. Terms
        of one layer and mask have the same.
    """
    planes: dict[tuple[str | bool | None, ...], tf.Tensor | None] = {}
    sums = {}
    for term in terms:
        # One tensor, so that TensorFlow sees that two statistics have a product in common.
        key = term.layer, term.mask, term.of_mask, term.name in weights
        if key not in planes:
            planes[key] = _plane(weights.get(term.name))
        compared = _compared(term, features, references)
        sums[term.name] = term.kind.measure(features[term.layer], *compared, planes[key])
    return sums


def _plane(weights: tf.Tensor | None) -> tf.Tensor | None:
    """[1, h, w, 1] -> [h, w]."""
    return None if weights is None else tf.squeeze(weights, [0, 3])


def _compared(
    term: Term, features: Features, references: Mapping[str, Features]
) -> tuple[tf.Tensor, ...]:
    """What a term's features are measured with: those of its picture, or of its finer layer."""
    if term.finer is not None:
        layer, ratio = term.finer
        return (tf.nn.avg_pool2d(features[layer], ratio, ratio, "VALID"),)
    if term.of is None or not term.has_reference:
        return ()
    return (references[term.of][term.layer],)


def distances(terms: Terms, sums: Mapping[str, Sums], targets: Mapping[str, Value]) -> Values:
    """{term: [B]}, unweighted, in the order of the terms, from the sums over all positions."""
    return {
        term.name: term.kind.distance(term.kind.value(sums[term.name]), targets.get(term.name))
        for term in terms
    }


def term_values(objective: Objective, image: tf.Tensor) -> Values:
    """Each term's distance, unweighted.

    Args:
      image: [B, H, W, 3] float32 in 0..1.

    Returns:
      {name: [B] float32}, in the order of the terms.
    """
    image = with_kept(image, objective.kept)
    features = observe(objective.extractor, objective.terms, image)
    sums = measure_sums(objective.terms, features, objective.references, objective.weights)
    return distances(objective.terms, sums, objective.targets)


def total(terms: Terms, values: Values) -> tf.Tensor:
    """The loss [B]: the sum over terms of weight * distance, the weight a number or one of [B]."""
    return tf.add_n(
        [
            tf.convert_to_tensor(term.weight, values[term.name].dtype) * values[term.name]
            for term in terms
        ]
    )
