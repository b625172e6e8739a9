"""All flags of the painting command, and the config made of them."""

from typing import NamedTuple

from absl import flags

from tf_nst import config as choices
from tf_nst.config import StylizeConfig, config_from_options, lengths, option_names
from tf_nst.errors import UserError

_D = StylizeConfig()
_O = _D.objective


class Flag(NamedTuple):
    """A flag: its absl definer's kind, default, and what --help says of it."""

    name: str
    kind: str
    default: object
    help: str


def _one_of(names: tuple[str, ...]) -> str:
    return "|".join(names)


def _listed(items) -> str:
    return ",".join(map(str, items))


_LAYERS = "NAME or NAME:WEIGHT by commas; block4_conv2, conv4_2 and relu4_2 are the same layer"

PAINT_FLAGS = (
    Flag("content", "string", None, "photograph to paint; an image file"),
    Flag("style", "string", None, "painting in whose manner; an image file"),
    Flag("output", "string", "stylized.png", "picture to write: .png .jpg .webp .tiff"),
    Flag(
        "size", "integer", _D.size, f"long side of the picture in pixels, 1 to {choices.MAX_SIDE}"
    ),
    Flag(
        "style_size",
        "integer",
        _D.style_size,
        f"long side at which the style is measured, in pixels, 0 to {choices.MAX_SIDE}; 0: --size, "
        "but never enlarged",
    ),
    Flag(
        "steps",
        "string",
        _listed(_D.steps),
        f"evaluations of the loss, 1 to {lengths.MAX_STEPS}: of all scales together, or of each by "
        "commas, from the coarsest on; 0 leaves a scale out",
    ),
    Flag(
        "seconds",
        "float",
        None,
        "instead of --steps, above 0: as many as fit into about so many seconds from the command's "
        "start, a download aside, by this device's speed; NAME.cfg has the steps",
    ),
    Flag(
        "scales",
        "integer",
        _D.scales,
        "sizes at which the picture is painted one after the other, each sqrt(2) times the one "
        f"before, 0 to {lengths.MAX_SCALES}; 0: as many as there are from 128 pixels on",
    ),
    Flag("network", "string", _D.network_config.network, _one_of(choices.NETWORKS)),
    Flag(
        "weights",
        "string",
        _D.network_config.weights,
        "imagenet (vgg19, in the box)|keras (Keras' own file, downloaded once, 59 to 80 MB)|random "
        "(seeded)|PATH of a Keras .h5 or .weights.h5 file",
    ),
    Flag("pooling", "string", _D.network_config.pooling, _one_of(choices.POOLINGS)),
    Flag("content_layers", "string", _listed(_O.content_layers), _LAYERS),
    Flag("style_layers", "string", _listed(_O.style_layers), _LAYERS),
    Flag("content_weight", "float", _O.content_weight, "weight of the content loss, 0 or more"),
    Flag("style_weight", "float", _O.style_weight, "weight of the style loss, 0 or more"),
    Flag("tv_weight", "float", _O.tv_weight, "weight of the variation loss, 0 or more"),
    Flag("content_loss", "string", _O.content_loss, _one_of(choices.CONTENT_LOSSES)),
    Flag(
        "style_statistic",
        "string",
        _listed(_O.style_statistic),
        f"{_one_of(choices.STYLE_STATISTICS)}, or several as NAME:WEIGHT by commas",
    ),
    Flag("tv_loss", "string", _O.tv_loss, _one_of(choices.VARIATION_LOSSES)),
    Flag("init", "string", _D.init, f"start from {_one_of(choices.STARTS)}|an image file"),
    Flag("optimizer", "string", _D.optimizer, _one_of(choices.OPTIMIZERS)),
    Flag(
        "learning_rate",
        "float",
        None,
        "above 0; lbfgs: share of its model's move that is tried first, by itself 1; adam: pixel "
        "values (0..1) a step, by itself 0.05; sgd: pixel values per unit of gradient, by itself "
        "1e-4",
    ),
    Flag(
        "lbfgs_pairs",
        "integer",
        _D.lbfgs_pairs,
        f"moves that lbfgs learns from, 1 to {choices.MAX_PAIRS}; each keeps two pictures",
    ),
    Flag(
        "average",
        "float",
        None,
        "0 to 1: the picture is the running average of the optimiser's pictures, with this share "
        "kept a step; 0: the best of them; by itself 0.9 for adam, else 0",
    ),
    Flag(
        "stop",
        "float",
        _D.stop,
        "0 to 1: a scale ends when ten steps lowered the loss by less than this share; 0: never",
    ),
    Flag(
        "memory",
        "float",
        _D.memory,
        "GB that the run may take, else it goes in windows and lbfgs keeps less; 0: what is free",
    ),
    Flag(
        "tile",
        "string",
        _D.tile,
        f"{_one_of(choices.TILES)}|N: windows that own about N pixels a side, {choices.LEAST_TILE} "
        f"to {choices.MAX_SIDE}, same picture, less memory, about twice the time; auto: where "
        "--memory asks for it; several devices share the windows of N",
    ),
    Flag("seed", "integer", _D.seed, f"of noise and random weights, 0 to {choices.MAX_SEED}"),
    Flag("precision", "string", _D.precision, _one_of(choices.PRECISIONS)),
    Flag("xla", "string", _D.xla, _one_of(choices.XLA_CHOICES)),
    Flag(
        "strategy",
        "string",
        _D.strategy,
        f"devices: {_one_of(choices.STRATEGIES)}; mirrored: all GPUs, or all logical CPUs; "
        "workers: all processes of TF_CONFIG; auto: a TPU, else the GPUs, else the CPU; one "
        "picture is painted on one of them, but by --tile=N, whose windows they share",
    ),
    Flag(
        "output_profile",
        "string",
        "srgb",
        "colours of the file: srgb|input (the photograph's own ICC profile)",
    ),
    Flag(
        "preview_every",
        "integer",
        0,
        "steps between previews, written to NAME.preview beside the picture; 0: none",
    ),
    Flag("debug", "boolean", False, "show tracebacks and TensorFlow's own messages"),
)

# Flags that mean nothing where another flag is 0.
WEIGHTED_BY = {
    "content_layers": "content_weight",
    "content_loss": "content_weight",
    "style_layers": "style_weight",
    "style_statistic": "style_weight",
    "tv_loss": "tv_weight",
}


def define(table: tuple[Flag, ...], values: flags.FlagValues) -> None:
    """Defines the flags of a command in `values`."""
    for flag in table:
        definer = getattr(flags, f"DEFINE_{flag.kind}")
        definer(flag.name, flag.default, flag.help, flag_values=values)


def help_text(table: tuple[Flag, ...], usage: str) -> str:
    """Usage, then a line or two for each flag: name, default, what it is and its range."""
    lines = [usage, ""]
    for flag in table:
        default = "" if flag.default is None else f"={str(flag.default).lower()}"
        lines.append(f"  --{flag.name}{default}")
        lines.append(f"      {flag.help}")
    lines.append("  --flagfile=FILE")
    lines.append("      more flags, one a line; those after it override it")
    return "\n".join(lines)


def config_from_flags(values: flags.FlagValues) -> StylizeConfig:
    """The config of parsed flags.

    Raises:
      UserError: a missing or empty flag, a value out of its range, flags that contradict each
        other.
    """
    for name in ("content", "style", "output"):
        if not values[name].value:
            raise UserError(f"--{name}: expected an image file, received nothing")
    _refuse_unused(values)
    if values.preview_every < 0:
        raise UserError(
            f"--preview_every: expected 0 or more steps, received {values.preview_every}"
        )
    if values.output_profile not in ("srgb", "input"):
        raise UserError(
            f"--output_profile: expected srgb or input, received {values.output_profile!r}"
        )
    options = {name: values[name].value for name in option_names()}
    return config_from_options(_one_length(options, values))


def _one_length(options: dict, values: flags.FlagValues) -> dict:
    """The options with steps or seconds alone: the command line's, or the last of flag files.

    `present` and `place` are as `run_command` leaves them.
    """
    steps, seconds = values["steps"], values["seconds"]
    if steps.present == seconds.present == 2:
        return options
    last = max((steps, seconds), key=lambda flag: (flag.present, flag.place))
    left_out = "steps" if last is seconds and seconds.present else "seconds"
    return {name: value for name, value in options.items() if name != left_out}


def _refuse_unused(values: flags.FlagValues) -> None:
    """A weight of 0 on the command line overrides what a flag file holds, and is no contradiction.

    `present` is as `run_command` leaves it.
    """
    for name, weight in WEIGHTED_BY.items():
        given = values[name].present and values[name].present >= values[weight].present
        if given and values[weight].value == 0:
            raise UserError(
                f"--{name} and --{weight}: {name} has no effect with --{weight}=0, expected a "
                "weight above 0 or no such flag"
            )
