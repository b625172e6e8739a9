"""The options of one picture."""

from dataclasses import dataclass, field

from tf_nst.config.lengths import MAX_SCALES, Steps
from tf_nst.config.network import NetworkConfig
from tf_nst.config.objective import ObjectiveConfig
from tf_nst.config.options import convert_options, option
from tf_nst.config.sizes import Size, StyleSizes
from tf_nst.config.starts import Start
from tf_nst.config.tiles import MAX_SIDE, Tiles, cores_of
from tf_nst.config.value_types import Boolean, Choice, Integer, Real
from tf_nst.errors import UserError

COLORS = ("style", "content", "luminance", "histogram")
OPTIMIZERS = ("lbfgs", "adam", "sgd")
PRECISIONS = ("auto", "float32", "bfloat16")
XLA_CHOICES = ("auto", "on", "off")
STRATEGIES = ("auto", "cpu", "gpu", "mirrored", "tpu", "workers")

MAX_PAIRS = 100
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class StylizeConfig:
    """One picture: the network, the loss, and the options below.

    `seconds`, if given, takes the place of `steps`. A learning rate or an average of None is the
    optimiser's default.
    """

    network_config: NetworkConfig = field(default_factory=NetworkConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    size: int = option(512, Integer(1, MAX_SIDE), "long side of the picture", "pixels")
    style_size: int | tuple[Size, ...] = option(
        0,
        StyleSizes(),
        "size of the strokes: long side at which the style is measured; 0: --size, but never "
        "enlarged; 2x: twice that, larger strokes; 0.5x: half of it; several: one for each style",
        "pixels",
    )
    style_strength: float = option(
        1.0,
        Real(most=1.0),
        "how far towards the style: targets between the photograph's own statistics (0) and the "
        "style's (1); 0 returns the photograph, unless --init is noise or another picture",
    )
    color: str = option(
        "style",
        Choice(COLORS),
        "whose colours the picture has: style, content, luminance or histogram; style: the "
        "painting's; content: the photograph's, "
        "given to the style beforehand; luminance: the photograph's, only lightness is "
        "painted; histogram: the photograph's, given to the picture afterwards",
    )
    feather: float = option(
        0.0,
        Real(most=float(MAX_SIDE)),
        "width of the transition from the kept part of the photograph to the painted one",
        "pixels",
    )
    steps: tuple[int, ...] = option(
        (100,),
        Steps(),
        "evaluations of the loss: one number for all scales together, or one for each from the "
        "coarsest on; "
        "0 leaves a scale out",
    )
    seconds: float | None = option(
        None,
        Real(positive=True),
        "instead of --steps: as many steps as fit into about this time from the command's "
        "start, not counting a download, at this device's speed; NAME.cfg records the steps",
        "seconds",
    )
    scales: int = option(
        0,
        Integer(0, MAX_SCALES),
        "number of sizes at which the picture is painted one after the other, each sqrt(2) "
        "times the one before; 0: as many as there are from 128 pixels on",
    )
    init: str = option(
        "matched",
        Start(),
        "what the picture starts from; blend:0.3: 0.3 of noise and 0.7 of the content",
    )
    optimizer: str = option("lbfgs", Choice(OPTIMIZERS), "optimiser that lowers the loss")
    learning_rate: float | None = option(
        None,
        Real(positive=True),
        "size of a step; lbfgs: share of its model's move that is tried first, by default "
        "1; adam: pixel values (0..1) per step, by default 0.05; sgd: pixel values per unit "
        "of gradient, by default 1e-5",
    )
    lbfgs_pairs: int = option(
        10,
        Integer(1, MAX_PAIRS),
        "moves that lbfgs learns from; each takes the memory of two pictures",
    )
    average: float | None = option(
        None,
        Real(below=1.0),
        "decay of the running average of the optimiser's pictures, which is the result; 0: the "
        "result is the best of them; by default 0.9 for adam, else 0",
    )
    stop: float = option(
        0.0,
        Real(below=1.0),
        "a scale ends when ten steps have lowered the loss by less than this share; 0: never",
    )
    memory: float = option(
        0.0,
        Real(),
        "memory that the run may take; larger pictures are painted in windows, and lbfgs "
        "keeps fewer pairs; 0: four fifths of what is free",
        "GB",
    )
    tile: str = option(
        "auto",
        Tiles(),
        "windows with about N pixels per side, for all scales or for each from the coarsest "
        "on; they give the same picture with less memory in about twice the time; auto: where "
        "memory is short; several devices share the windows",
    )
    seed: int = option(0, Integer(0, MAX_SEED), "seed of noise and random weights")
    precision: str = option("auto", Choice(PRECISIONS), "dtype of the convolutions")
    xla: str = option("auto", Choice(XLA_CHOICES), "whether XLA compiles the step")
    strategy: str = option(
        "auto",
        Choice(STRATEGIES),
        "devices to use; mirrored: all GPUs, or all logical CPUs; workers: all processes of "
        "TF_CONFIG; auto: a TPU, else the GPUs, else the CPU; one picture is painted "
        "on one of them, unless --tile=N divides it into windows, which they share",
    )
    deterministic: bool = option(
        False,
        Boolean(),
        "whether a GPU adds up in a fixed order; true: the same picture to the last bit, "
        "but slower",
    )

    def __post_init__(self) -> None:
        convert_options(self)
        _check_scales(self)
        if self.strategy == "workers":
            _check_workers(self)

    @property
    def cores(self) -> tuple[int, ...] | None:
        """Pixels a side that windows own: one number for all scales, or one for each of them.

        0 stands for no windows, None for what fits the memory.
        """
        return cores_of(self.tile)


def _check_scales(config: StylizeConfig) -> None:
    """Raises UserError unless lists for each scale are as long as there are scales."""
    steps, cores, scales = len(config.steps), len(config.cores or ()), config.scales
    if steps > 1 and scales not in (0, steps):
        raise UserError(
            f"--steps and --scales: expected as many steps as scales, received {steps} and {scales}"
        )
    if cores > 1 and scales not in (0, cores):
        raise UserError(
            "--tile and --scales: expected one tile, or as many as scales, received "
            f"{cores} and {scales}"
        )
    if cores > 1 and steps > 1 and steps != cores:
        raise UserError(
            f"--tile and --steps: expected as many tiles as steps, received {cores} and {steps}"
        )


def _check_workers(config: StylizeConfig) -> None:
    if not (config.cores and config.cores[-1]):
        raise UserError(
            "--strategy and --tile: workers share windows, expected --tile=N, received "
            f"--tile={config.tile}"
        )
    if config.seconds is not None:
        raise UserError(
            "--strategy and --seconds: workers make the same steps, expected --steps, received "
            f"--seconds={config.seconds:g}"
        )
