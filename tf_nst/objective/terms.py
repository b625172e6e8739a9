"""The terms of a loss: which statistic, at which layer, of which picture, where and how much.

loss = sum over terms of weight * distance(value(sums), target)
"""

from collections.abc import Collection
from typing import NamedTuple

import tensorflow as tf

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted
from tf_nst.model.geometry import geometry
from tf_nst.model.networks import Network
from tf_nst.objective.layers import content_layers, style_layers
from tf_nst.objective.statistics import STATISTICS, Statistic

# The layer of terms that look at the picture itself, in pixel values of 0..255.
IMAGE = "image"
# The pictures of a config.
CONTENT, STYLE = "content", "style"


class Term(NamedTuple):
    """One term.

    Attributes:
      name: for records and messages, such as `style/gram/block1_conv1`; no two terms share one.
      of: the picture that the painted one is compared with; None: no other.
      layer: Keras' name, or IMAGE.
      weight: a number; a scalar that a traced function is given only when it runs; or a tuple of
        numbers, one for each picture of the batch.
      statistic: a row of STATISTICS.
      mask: where the painted picture counts; None: everywhere.
      of_mask: where the picture counts at which a target is measured; None: everywhere.
    """

    name: str
    of: str | None
    layer: str
    weight: float | tf.Tensor | tuple[float, ...]
    statistic: str
    mask: str | None = None
    of_mask: str | None = None

    @property
    def kind(self) -> Statistic:
        """Its statistic."""
        return STATISTICS[self.statistic]

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
      UserError: a layer that the network lacks.
    """
    style = style_layers(config, network)
    terms = [
        _term("content", CONTENT, layer, weight, config.content_loss)
        for layer, weight in _spread(config.content_weight, content_layers(config, network))
    ]
    for statistic, share in _spread(config.style_weight, config.style_statistic):
        terms += [
            _term("style", STYLE, layer, weight, statistic)
            for layer, weight in _spread(share, style)
        ]
    if config.tv_weight > 0:
        terms.append(_term("variation", None, IMAGE, config.tv_weight, config.tv_loss))
    return tuple(terms)


def _term(role: str, of: str | None, layer: str, weight: float, statistic: str) -> Term:
    return Term(f"{role}/{statistic}/{layer}", of, layer, weight, statistic)


def _spread(total: float, items: tuple[Weighted, ...]) -> list[tuple[str, float]]:
    weights = sum(item.weight for item in items)
    return [(item.name, total * item.weight / weights) for item in items]


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


def network_layers(terms: Terms) -> tuple[str, ...]:
    """The layers of the network that the terms look at, each once, in their order."""
    return tuple(dict.fromkeys(term.layer for term in terms if term.layer != IMAGE))


def layer_stride(network: Network, layer: str) -> int:
    """Pixels between neighbouring positions of a layer; 1 of IMAGE."""
    return 1 if layer == IMAGE else geometry(network, (layer,)).stride
