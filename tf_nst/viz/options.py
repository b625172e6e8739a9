"""Which options of painting each kind of figure takes, and layers by name. No TensorFlow here."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, TypeVar

from tf_nst.config import StylizeConfig, all_options, config_from_options
from tf_nst.config.lengths import StepsOfOneScale
from tf_nst.config.options import check_options
from tf_nst.config.repeated import repeated
from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS, canonical_layer

Number = TypeVar("Number", int, float)
# Where lines go that nobody asked to see.
REPORT = logging.getLogger("tf_nst").warning

LOOKING = ("size", "network", "weights", "pooling", "seed")
RUNNING = (*LOOKING, "steps", "optimizer", "memory", "precision", "xla", "strategy")
# Smaller by default than a painting's: a figure shows many pictures.
_NARROWED: dict[str, dict[str, Any]] = {
    "size": {"default": 256},
    "steps": {
        "default": (100,),
        "type": StepsOfOneScale(),
        "help": "evaluations of the loss for each picture",
    },
}
FIGURE_OPTIONS = {
    name: replace(option, **_NARROWED.get(name, {}))
    for name, option in all_options().items()
    if name in RUNNING
}

CONTENT_LAYERS = tuple(f"conv{block}_2" for block in range(1, 6))
STYLE_LAYERS = tuple(f"conv{block}_1" for block in range(1, 6))
# Of the grid of content against style: alpha / beta, and the content's layers.
RATIOS = (1.0, 0.3, 0.1, 0.03)
GRID_LAYERS = ("conv2_2", "conv4_2")


# Figures explain the textbook's objective (Gatys et al. 2016), whatever the command paints by.
_OBJECTIVE = {
    "content_layers": ("conv4_2",),
    "style_statistic": "gram",
    "style_layers": STYLE_LAYERS,
    "style_weight": 10.0,
    "tv_weight": 1e-5,
    "padding": "zeros",
}


def figure_config(
    options: Mapping[str, Any], allowed: tuple[str, ...], **fixed: Any
) -> StylizeConfig:
    """The config of a figure's options by name, as `config_from_options` takes them.

    Args:
      options: those that the caller gave.
      allowed: LOOKING or RUNNING.
      fixed: options that make the figure what it is.

    Raises:
      UserError: an option that the figure does not take, a value out of its range, or matplotlib
        is missing.
    """
    check_matplotlib()
    check_options(options, {name: FIGURE_OPTIONS[name] for name in allowed}, "this figure")
    defaults = {name: option.default for name, option in FIGURE_OPTIONS.items()}
    return config_from_options({**defaults, **_OBJECTIVE, **options, **fixed})


def looking_config(
    options: Mapping[str, Any], layers: str | Sequence[str], flag: str
) -> tuple[StylizeConfig, tuple[str, ...]]:
    """The config of a figure that only looks, and the layers it looks at by Keras' names.

    Raises as `figure_config` and `parse_layers`.
    """
    return layers_config(
        options, LOOKING, layers, flag, layers_option="content_layers", style_weight=0.0
    )


def layers_config(
    options: Mapping[str, Any],
    allowed: tuple[str, ...],
    layers: str | Sequence[str],
    flag: str,
    *,
    layers_option: str,
    **fixed: Any,
) -> tuple[StylizeConfig, tuple[str, ...]]:
    """The config of a figure, and its layers by Keras' names, which are one of its options.

    The other arguments are those of `figure_config`, as which and as `parse_layers` it raises.
    """
    network = figure_config(options, allowed).network_config.network
    names = parse_layers(layers, network, flag)
    return figure_config(options, allowed, **{layers_option: names}, **fixed), names


def check_matplotlib() -> None:
    """Raises UserError where the extra [viz] is not installed."""
    if find_spec("matplotlib") is None:
        raise UserError('figures need matplotlib: pip install "tf_nst[viz]"')


def parse_layers(layers: str | Sequence[str], network: str, flag: str) -> tuple[str, ...]:
    """Layers by Keras' names.

    Args:
      layers: Keras' or the papers' names, in a list or separated by commas.
      network: a name of NETWORKS.
      flag: named in errors.

    Raises:
      UserError: no layer, one that the network lacks, or one given twice.
    """
    given = layers.split(",") if isinstance(layers, str) else layers
    names = [canonical_layer(name, NETWORKS[network], flag) for name in given if name.strip()]
    if not names:
        raise UserError(f"{flag}: expected layers separated by commas, received {layers!r}")
    if (twice := repeated(names)) is not None:
        name = names[twice]
        raise UserError(f"{flag}: {name} is given more than once, expected each layer once")
    return tuple(names)


def parse_numbers(
    text: str | Sequence[Any], kind: type[Number], least: float, flag: str, what: str
) -> tuple[Number, ...]:
    """Numbers of a list or separated by commas, each once.

    Args:
      text: the list.
      kind: int or float.
      least: the least that is allowed; of float the limit itself is not.
      flag: named in errors, with `what` they are.

    Raises:
      UserError: no number, one that is no such number or too small, or one given twice.
    """
    parts = text.split(",") if isinstance(text, str) else text
    numbers: tuple[Number, ...]
    try:
        numbers = tuple(kind(part) for part in parts if str(part).strip())
    except ValueError:
        numbers = ()
    in_range = all(least <= it if kind is int else least < it < float("inf") for it in numbers)
    if not numbers or not in_range or len(set(numbers)) < len(numbers):
        raise UserError(
            f"{flag}: expected {what} separated by commas, each once, received {text!r}"
        )
    return numbers
