"""What crosses from flags to the library: frozen records, checked when they are made.

No TensorFlow here, so that `--help` and a mistyped flag are answered at once.
"""

import os
from dataclasses import dataclass, field, fields

from tf_nst.config.checks import (
    check_above_zero,
    check_choice,
    check_integer,
    check_number,
    check_share,
    is_whole,
)
from tf_nst.config.lengths import check_steps, parse_steps
from tf_nst.config.weighted import Weighted, check_weighted, parse_weighted
from tf_nst.errors import UserError

# Rows of objective.terms.TERMS by their role; a test keeps them equal.
CONTENT_LOSSES = ("mean_squared", "frobenius")
STYLE_STATISTICS = ("gram", "mean_std")
VARIATION_LOSSES = ("squared", "absolute")
POOLINGS = ("max", "average", "l2")
PRECISIONS = ("auto", "float32", "bfloat16")
XLA_CHOICES = ("auto", "on", "off")
OPTIMIZERS = ("lbfgs", "adam", "sgd")
STARTS = ("matched", "content", "noise", "style_statistics")
STRATEGIES = ("auto", "cpu", "gpu", "mirrored", "tpu", "workers")
TILES = ("auto", "off")
NETWORKS = ("vgg19", "vgg16")

MAX_SIDE = 32768
MAX_PAIRS = 100
# The stride of the deepest layers: a core of one feature.
LEAST_TILE = 32
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class NetworkConfig:
    """Which network, with which weights and which pooling."""

    network: str = "vgg19"
    weights: str = "imagenet"
    pooling: str = "max"

    def __post_init__(self):
        check_choice("--network", self.network, NETWORKS)
        check_choice("--pooling", self.pooling, POOLINGS)
        if not isinstance(self.weights, str):
            raise UserError(
                f"--weights: expected imagenet, keras, random or a path, received {self.weights!r}"
            )


@dataclass(frozen=True)
class ObjectiveConfig:
    """The loss: alpha * content + beta * style + gamma * variation (docs/objective.md)."""

    content_layers: tuple[Weighted, ...] = (Weighted("block4_conv2"),)
    style_layers: tuple[Weighted, ...] = tuple(Weighted(f"block{b}_conv1") for b in range(1, 6))
    content_weight: float = 1.0
    style_weight: float = 10.0
    tv_weight: float = 1e-5
    content_loss: str = "mean_squared"
    style_statistic: tuple[Weighted, ...] = (Weighted("gram"),)
    tv_loss: str = "squared"

    def __post_init__(self):
        for flag in _LISTS:
            check_weighted(f"--{flag}", getattr(self, flag))
        for flag in ("content_weight", "style_weight", "tv_weight"):
            check_number(f"--{flag}", getattr(self, flag), least=0.0)
        check_choice("--content_loss", self.content_loss, CONTENT_LOSSES)
        check_choice("--tv_loss", self.tv_loss, VARIATION_LOSSES)
        for item in self.style_statistic:
            check_choice("--style_statistic", item.name, STYLE_STATISTICS)
        if self.content_weight == self.style_weight == 0:
            raise UserError(
                "--content_weight and --style_weight: expected one of them above 0, received 0, 0"
            )


@dataclass(frozen=True)
class StylizeConfig:
    """One picture: sizes are long sides in pixels.

    A style_size of 0 is the size of the picture, but never larger than the style itself. `steps` is
    their number, or those of each scale from the coarsest on; `seconds`, where it is given, takes
    their place. `scales` of 0 is as many as the size allows. A learning rate or an average of None
    is the optimiser's own. `memory` is in GB, 0: what is free. `tile` is one of TILES or a number
    of pixels as text.
    """

    network_config: NetworkConfig = field(default_factory=NetworkConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    size: int = 512
    style_size: int = 0
    steps: tuple[int, ...] = (250,)
    seconds: float | None = None
    scales: int = 0
    init: str = "matched"
    optimizer: str = "lbfgs"
    learning_rate: float | None = None
    lbfgs_pairs: int = 10
    average: float | None = None
    stop: float = 0.0
    memory: float = 0.0
    tile: str = "auto"
    seed: int = 0
    precision: str = "auto"
    xla: str = "auto"
    strategy: str = "auto"

    def __post_init__(self):
        check_integer("--size", self.size, 1, MAX_SIDE)
        check_integer("--style_size", self.style_size, 0, MAX_SIDE)
        check_steps(self.steps, self.scales)
        if self.seconds is not None:
            check_above_zero("--seconds", self.seconds)
        check_integer("--lbfgs_pairs", self.lbfgs_pairs, 1, MAX_PAIRS)
        check_integer("--seed", self.seed, 0, MAX_SEED)
        if self.learning_rate is not None:
            check_above_zero("--learning_rate", self.learning_rate)
        if self.average is not None:
            check_share("--average", self.average)
        check_share("--stop", self.stop)
        check_number("--memory", self.memory, least=0.0)
        if self.tile not in TILES:
            _check_core(self.tile)
        check_choice("--optimizer", self.optimizer, OPTIMIZERS)
        check_choice("--precision", self.precision, PRECISIONS)
        check_choice("--xla", self.xla, XLA_CHOICES)
        check_choice("--strategy", self.strategy, STRATEGIES)
        if self.strategy == "workers":
            _check_workers(self)
        if not (isinstance(self.init, str) and self.init):
            raise UserError(
                f"--init: expected {', '.join(STARTS)} or a file, received {self.init!r}"
            )

    @property
    def cores(self) -> tuple[int, ...] | None:
        """As `core`, one for all scales."""
        return None if self.core is None else (self.core,)

    @property
    def core(self) -> int | None:
        """Pixels a side that windows own; 0: no windows, None: by what fits the memory."""
        return {"auto": None, "off": 0}.get(self.tile) if self.tile in TILES else int(self.tile)


_LISTS = ("content_layers", "style_layers", "style_statistic")


def option_names() -> tuple[str, ...]:
    """The names that `config_from_options` takes."""
    return tuple(name for part in _PARTS for name in _own_fields(part))


def config_from_options(options: dict) -> StylizeConfig:
    """The config of flags given by name; layers and statistics as text, names or Weighted.

    Raises:
      UserError: an unknown name, or a value of the wrong type or out of its range.
    """
    if "steps" in options and options.get("seconds") is not None:
        raise UserError(
            f"--seconds and --steps: expected one of them, received {options['seconds']!r} and "
            f"{options['steps']!r}"
        )
    parts = {part: {} for part in _PARTS}
    for name, value in options.items():
        owner = next((part for part in _PARTS if name in _own_fields(part)), None)
        if owner is None:
            known = ", ".join(option_names())
            raise UserError(f"{name}: no such option, expected one of {known}")
        if isinstance(value, os.PathLike):
            value = os.fspath(value)
        if name in _LISTS and _are_names(value):
            value = ",".join(value)
        if name in _LISTS and isinstance(value, str):
            value = parse_weighted(value, f"--{name}")
        if name == "steps":
            value = parse_steps(value)
        if name == "tile" and is_whole(value):
            value = str(value)
        parts[owner][name] = value
    return StylizeConfig(
        NetworkConfig(**parts[NetworkConfig]),
        ObjectiveConfig(**parts[ObjectiveConfig]),
        **parts[StylizeConfig],
    )


def _are_names(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def options_from_config(config: StylizeConfig) -> dict:
    """The inverse of `config_from_options`, lists as text: what a flag file holds.

    Where `seconds` takes the place of steps these are left out.
    """
    options = {}
    for part in (config, config.network_config, config.objective):
        for name in _own_fields(type(part)):
            value = getattr(part, name)
            listed = name in _LISTS or name == "steps"
            options[name] = ",".join(map(str, value)) if listed else value
    if config.seconds is not None:
        del options["steps"]
    return options


_PARTS = (NetworkConfig, ObjectiveConfig, StylizeConfig)


def _own_fields(part: type) -> tuple[str, ...]:
    return tuple(
        item.name for item in fields(part) if item.name not in ("network_config", "objective")
    )


def _check_workers(config: StylizeConfig) -> None:
    if not config.core:
        raise UserError(
            "--strategy and --tile: workers share windows, expected --tile=N, received "
            f"--tile={config.tile}"
        )
    if config.seconds is not None:
        raise UserError(
            "--strategy and --seconds: workers make the same steps, expected --steps, received "
            f"--seconds={config.seconds:g}"
        )


def _check_core(tile: str) -> None:
    fine = isinstance(tile, str) and tile.isdecimal() and LEAST_TILE <= int(tile) <= MAX_SIDE
    if not fine:
        raise UserError(
            f"--tile: expected {', '.join(TILES)} or a whole number from {LEAST_TILE} to "
            f"{MAX_SIDE}, received {tile!r}"
        )
