"""What crosses from flags to the library: frozen records, checked when they are made.

No TensorFlow here, so that `--help` and a mistyped flag are answered at once.
"""

import math
from dataclasses import dataclass, field

from tf_nst.errors import UserError

# Rows of objective.terms.TERMS by their role, in the order shown by --help; a test keeps them equal.
CONTENT_LOSSES = ("mean_squared", "frobenius")
STYLE_STATISTICS = ("gram", "mean_std")
VARIATION_LOSSES = ("squared", "absolute")
POOLINGS = ("max", "average", "l2")
PRECISIONS = ("auto", "float32", "bfloat16")
XLA_CHOICES = ("auto", "on", "off")
OPTIMIZERS = ("adam", "sgd")
STARTS = ("content", "noise", "style_statistics")
NETWORKS = ("vgg19", "vgg16")

MAX_SIDE = 32768


@dataclass(frozen=True)
class Weighted:
    """A name with its weight relative to the others in the same list."""

    name: str
    weight: float = 1.0

    def __str__(self) -> str:
        return self.name if self.weight == 1.0 else f"{self.name}:{self.weight!r}"


def parse_weighted(text: str, flag: str) -> tuple[Weighted, ...]:
    """`NAME` or `NAME:WEIGHT` by commas, as a tuple of Weighted.

    Raises:
      UserError: an empty list, an empty or repeated name, a weight that is not a finite number
        above 0.
    """
    items = tuple(_parse_one(part.strip(), flag) for part in text.split(",") if part.strip())
    if not items:
        raise UserError(f"{flag}: expected NAME or NAME:WEIGHT by commas, received {text!r}")
    names = [item.name for item in items]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{flag}: {name} is given more than once, expected each name once")
    return items


def _parse_one(part: str, flag: str) -> Weighted:
    name, colon, number = part.partition(":")
    if not colon:
        return Weighted(name)
    try:
        weight = float(number)
    except ValueError:
        weight = math.nan
    if not name.strip() or not (weight > 0 and math.isfinite(weight)):
        raise UserError(f"{flag}: expected NAME:WEIGHT with a weight above 0, received {part!r}")
    return Weighted(name.strip(), weight)


@dataclass(frozen=True)
class NetworkConfig:
    """Which network, with which weights and pooling; `seed` is that of random weights."""

    network: str = "vgg19"
    weights: str = "auto"
    pooling: str = "max"

    def __post_init__(self):
        _check_choice("--network", self.network, NETWORKS)
        _check_choice("--pooling", self.pooling, POOLINGS)


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
        for flag in ("content_weight", "style_weight", "tv_weight"):
            _check_number(f"--{flag}", getattr(self, flag), least=0.0)
        _check_choice("--content_loss", self.content_loss, CONTENT_LOSSES)
        _check_choice("--tv_loss", self.tv_loss, VARIATION_LOSSES)
        for item in self.style_statistic:
            _check_choice("--style_statistic", item.name, STYLE_STATISTICS)
        if self.content_weight == self.style_weight == 0:
            raise UserError(
                "--content_weight and --style_weight: expected one of them above 0, received 0 and 0"
            )


@dataclass(frozen=True)
class StylizeConfig:
    """One picture: sizes in pixels, learning rate in pixel values of 0..1 a step."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    size: int = 512
    style_size: int = 0
    steps: int = 300
    init: str = "content"
    optimizer: str = "adam"
    learning_rate: float = 0.02
    seed: int = 0
    precision: str = "auto"
    xla: str = "auto"

    def __post_init__(self):
        _check_integer("--size", self.size, 1, MAX_SIDE)
        _check_integer("--style_size", self.style_size, 0, MAX_SIDE)
        _check_integer("--steps", self.steps, 1, 1_000_000)
        _check_integer("--seed", self.seed, 0, 2**31 - 1)
        _check_number("--learning_rate", self.learning_rate, least=0.0)
        if self.learning_rate == 0:
            raise UserError("--learning_rate: expected a number above 0, received 0")
        _check_choice("--optimizer", self.optimizer, OPTIMIZERS)
        _check_choice("--precision", self.precision, PRECISIONS)
        _check_choice("--xla", self.xla, XLA_CHOICES)
        if not self.init:
            raise UserError(f"--init: expected {', '.join(STARTS)} or a file, received nothing")


def _check_choice(flag: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UserError(f"{flag}: expected one of {', '.join(choices)}, received {value!r}")


def _check_number(flag: str, value: float, least: float) -> None:
    if not (math.isfinite(value) and value >= least):
        raise UserError(f"{flag}: expected a finite number of {least:g} or more, received {value}")


def _check_integer(flag: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise UserError(f"{flag}: expected a whole number from {least} to {most}, received {value}")
