"""The terms of a loss: which statistic, at which layer, of which picture, where and how much.

loss = sum over terms of weight * distance(value(sums), target)
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple, TypeAlias

import tensorflow as tf

from tf_nst.config import ObjectiveConfig
from tf_nst.model.geometry import geometry
from tf_nst.model.networks import Network
from tf_nst.objective.image_layers import IMAGE, IMAGE_LAYERS, LAPLACIAN
from tf_nst.objective.layers import StyleLayer, content_layers, spread, style_layers
from tf_nst.objective.statistic import Statistic
from tf_nst.objective.statistics import find_statistic

# The pictures of a config.
CONTENT, STYLE = "content", "style"


# A number; a scalar that a traced function is given only when it runs; or a tuple of numbers, one
# for each picture of a batch.
Weight: TypeAlias = float | tf.Tensor | tuple[float, ...]


class Finer(NamedTuple):
    """A finer layer, and how many of its positions a side lie in one of the term's layer."""

    layer: str
    ratio: int


class Term(NamedTuple):
    """One term.

    Attributes:
      name: for records and messages, such as `style/gram/block1_conv1`; no two terms share one.
      of: the picture that the painted one is compared with; None: no other.
      layer: Keras' name, or one of IMAGE_LAYERS.
      weight: in the loss.
      statistic: a name that `find_statistic` knows.
      mask: where the painted picture counts; None: everywhere.
      of_mask: where the picture counts at which a target is measured; None: everywhere.
      finer: what a chained statistic compares the layer with; else None.
    """

    name: str
    of: str | None
    layer: str
    weight: Weight
    statistic: str
    mask: str | None = None
    of_mask: str | None = None
    finer: Finer | None = None

    @property
    def kind(self) -> Statistic:
        """Its statistic."""
        return find_statistic(self.statistic, self.role)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that it looks at."""
        return (self.layer,) if self.finer is None else (self.layer, self.finer.layer)

    @property
    def role(self) -> str:
        """The first part of its name: content, style or variation in the terms of a config."""
        return self.name.partition("/")[0]

    @property
    def has_target(self) -> bool:
        """Whether it compares with values that are measured once at another picture."""
        return self.of is not None and not self.kind.paired

    @property
    def has_reference(self) -> bool:
        """Whether it compares with the features of another picture, position by position."""
        return self.of is not None and self.kind.paired

    def weight_of(self, picture: int) -> float | tf.Tensor:
        """The weight for one picture of the batch."""
        return self.weight[picture] if isinstance(self.weight, tuple) else self.weight


Terms = tuple[Term, ...]


def build_terms(config: ObjectiveConfig, network: Network) -> Terms:
    """The terms of `config`, those of weight 0 left out.

    The weights within a list of layers or statistics are relative: they are divided by their sum,
    so that content_weight and style_weight mean the same with one layer or with ten.

    Raises:
      UserError: a layer that the network lacks, or a function of one's own that cannot be used.
    """
    terms = [
        _term("content", CONTENT, layer, weight, config.content_loss)
        for layer, weight in spread(config.content_weight, content_layers(config, network))
    ]
    if config.laplacian_weight > 0:
        terms.append(_term("content", CONTENT, LAPLACIAN, config.laplacian_weight, "mean_squared"))
    terms += [_style_term(item, network) for item in style_layers(config, network)]
    if config.tv_weight > 0:
        terms.append(_term("variation", None, IMAGE, config.tv_weight, config.tv_loss))
    for term in terms:
        find_statistic(term.statistic, term.role)
    return tuple(terms)


def _style_term(item: StyleLayer, network: Network) -> Term:
    term = _term("style", STYLE, item.layer, item.weight, item.statistic)
    if item.finer is None:
        return term
    ratio = layer_stride(network, item.layer) // layer_stride(network, item.finer)
    return term._replace(finer=Finer(item.finer, ratio))


def _term(role: str, of: str | None, layer: str, weight: float, statistic: str) -> Term:
    return Term(f"{role}/{statistic}/{layer}", of, layer, weight, statistic)


def masked(terms: Terms, masks: Collection[str]) -> Terms:
    """The terms where pictures of a config are visible, which masks of their names say.

    Nothing of the painted picture counts where the content is hidden, and no target where its own
    picture is.

    Args:
      masks: CONTENT, STYLE, both or neither.
    """
    return tuple(
        term._replace(
            mask=CONTENT if CONTENT in masks else None,
            of_mask=term.of if term.has_target and term.of in masks else None,
        )
        for term in terms
    )


def reweighted(terms: Terms, weights: Sequence[Weight]) -> Terms:
    """The terms with these weights, one of each."""
    return tuple(term._replace(weight=weight) for term, weight in zip(terms, weights, strict=True))


def network_layers(terms: Terms) -> tuple[str, ...]:
    """The layers of the network that the terms look at, each once, in their order."""
    layers = (layer for term in terms for layer in term.layers)
    return tuple(dict.fromkeys(layer for layer in layers if layer not in IMAGE_LAYERS))


def layer_stride(network: Network, layer: str) -> int:
    """Pixels between neighbouring positions of a layer."""
    if layer in IMAGE_LAYERS:
        return IMAGE_LAYERS[layer].stride
    return geometry(network, (layer,)).stride
