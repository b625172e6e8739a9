"""Which layers a config looks at. No TensorFlow here: a mistyped layer is refused at once."""

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted
from tf_nst.errors import UserError
from tf_nst.model.networks import Network, canonical_layer


def content_layers(config: ObjectiveConfig, network: Network) -> tuple[Weighted, ...]:
    """The content layers by Keras' names; none where content_weight is 0.

    Raises:
      UserError: a layer that the network lacks, or one given twice.
    """
    layers = _canonical(config.content_layers, network, "--content_layers")
    return layers if config.content_weight > 0 else ()


def style_layers(config: ObjectiveConfig, network: Network) -> tuple[Weighted, ...]:
    """The style layers by Keras' names; none where style_weight is 0. Raises as content_layers."""
    layers = _canonical(config.style_layers, network, "--style_layers")
    return layers if config.style_weight > 0 else ()


def used_layers(config: ObjectiveConfig, network: Network) -> tuple[str, ...]:
    """All layers that the loss looks at, each once. Raises as content_layers."""
    both = content_layers(config, network) + style_layers(config, network)
    return tuple(dict.fromkeys(item.name for item in both))


def _canonical(items: tuple[Weighted, ...], network: Network, flag: str) -> tuple[Weighted, ...]:
    names = [canonical_layer(item.name, network, flag) for item in items]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{flag}: {name} is given more than once, expected each layer once")
    return tuple(Weighted(name, item.weight) for name, item in zip(names, items, strict=True))
