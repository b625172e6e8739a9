"""Which layers a config looks at. No TensorFlow here: a mistyped layer is refused at once."""

from typing import NamedTuple

from tf_nst.config import ObjectiveConfig
from tf_nst.config.objective import CHAINED_STATISTICS
from tf_nst.config.repeated import repeated
from tf_nst.config.weighted import Weighted
from tf_nst.errors import UserError
from tf_nst.model.networks import Network, canonical_layer


class StyleLayer(NamedTuple):
    """A statistic of the style at a layer.

    Attributes:
      statistic: its name.
      layer: Keras' name.
      weight: in the loss.
      finer: the finer layer that a chained statistic compares with, by Keras' name; else None.
    """

    statistic: str
    layer: str
    weight: float
    finer: str | None = None

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that it looks at."""
        return (self.layer,) if self.finer is None else (self.layer, self.finer)


def content_layers(config: ObjectiveConfig, network: Network) -> tuple[Weighted, ...]:
    """The content layers by Keras' names; none where content_weight is 0.

    Raises:
      UserError: a layer that the network lacks, or one given twice.
    """
    layers = _canonical(config.content_layers, network, "--content_layers")
    return layers if config.content_weight > 0 else ()


def style_layers(config: ObjectiveConfig, network: Network) -> tuple[StyleLayer, ...]:
    """Each statistic of the style at each of its layers; none where style_weight is 0.

    Raises:
      UserError: as content_layers, a statistic twice at a layer, or a chained one at one layer.
    """
    layers = _canonical(config.style_layers, network, "--style_layers")
    items = [
        item
        for statistic, share in spread(config.style_weight, config.style_statistic)
        for item in _at_layers(statistic, share, layers, network)
    ]
    places = [(item.statistic, item.layer) for item in items]
    if (twice := repeated(places)) is not None:
        raise UserError(
            f"--style_statistic: {'@'.join(places[twice])} is given more than once, expected each "
            "statistic once at a layer"
        )
    return tuple(items) if config.style_weight > 0 else ()


def used_layers(config: ObjectiveConfig, network: Network) -> tuple[str, ...]:
    """All layers that the loss looks at, each once. Raises as style_layers."""
    contents = tuple(item.name for item in content_layers(config, network))
    styles = tuple(name for item in style_layers(config, network) for name in item.layers)
    return tuple(dict.fromkeys(contents + styles))


def spread(total: float, items: tuple[Weighted, ...]) -> list[tuple[str, float]]:
    """Each name with its share of a weight."""
    weights = sum(item.weight for item in items)
    return [(item.name, total * item.weight / weights) for item in items]


def _at_layers(
    item: str, weight: float, layers: tuple[Weighted, ...], network: Network
) -> list[StyleLayer]:
    """A statistic, NAME or NAME@LAYER, at its layers."""
    name, at, layer = (part.strip() for part in item.partition("@"))
    here = layers
    if at:
        here = (Weighted(canonical_layer(layer, network, "--style_statistic")),)
    if name not in CHAINED_STATISTICS:
        return [StyleLayer(name, *place) for place in spread(weight, here)]
    before = {it.name: _finer(it.name, layers, network) for it in here}
    here = tuple(it for it in here if before[it.name])
    if not here:
        listed = layer if at else ",".join(it.name for it in layers)
        raise UserError(
            f"--style_statistic: {name} compares a layer with the one before it in --style_layers, "
            f"expected a layer that has one before it, received {listed}"
        )
    return [StyleLayer(name, *place, before[place[0]]) for place in spread(weight, here)]


def _finer(layer: str, layers: tuple[Weighted, ...], network: Network) -> str | None:
    """The last of `layers` before a layer in the network's order."""
    order = [it.name for it in network.layers]
    names = {it.name for it in layers}
    return next((it for it in reversed(order[: order.index(layer)]) if it in names), None)


def _canonical(items: tuple[Weighted, ...], network: Network, flag: str) -> tuple[Weighted, ...]:
    names = [canonical_layer(item.name, network, flag) for item in items]
    if (twice := repeated(names)) is not None:
        name = names[twice]
        raise UserError(f"{flag}: {name} is given more than once, expected each layer once")
    return tuple(Weighted(name, item.weight) for name, item in zip(names, items, strict=True))
