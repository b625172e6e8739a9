"""The flags of the painting command, and the config made of them."""

from typing import Any

from tf_nst.cli.monitor import MONITOR
from tf_nst.cli.output_flags import OUTPUT_FLAGS
from tf_nst.cli.parsing import Source, Values, is_later
from tf_nst.config import StylizeConfig, all_options, config_from_options, option_names
from tf_nst.config.lengths import MAX_STEPS
from tf_nst.config.options import Option
from tf_nst.config.paths import Paths, split_paths, weighted_paths
from tf_nst.config.presets import PRESET
from tf_nst.config.value_types import Boolean, Choice, FilePath, Integer, Real
from tf_nst.errors import UserError

IMAGE_FILE = FilePath("an image file")
OUTPUT_FILE = FilePath("an image file: .png .jpg .webp .avif .tiff", "an image file")
OVERWRITE = Option(
    "overwrite",
    "ask",
    Choice(("true", "false", "ask")),
    "whether an existing file is overwritten; ask: asks if stdin is a terminal, else overwrites",
)
DEBUG = Option("debug", False, Boolean(), "show tracebacks and TensorFlow's own messages")

PAINT_FLAGS = (
    Option("content", None, IMAGE_FILE, "photograph to paint", required=True, positional=True),
    Option(
        "style",
        None,
        Paths(
            "an image file or a folder of them, or several as PATH:WEIGHT separated by commas",
            "an image file",
        ),
        "painting to imitate, or several; these are blended, or each is painted where its "
        "--mask is white",
        required=True,
        positional=True,
    ),
    Option(
        "mask",
        None,
        Paths("an image file for each style separated by commas, or auto:N", "a path"),
        "where each style is painted: white there, grey partly, black the photograph; "
        "auto:N: N regions found in the photograph, each painted like the most similar "
        "region of a style",
    ),
    Option("keep", None, Paths("an image file"), "mask, white where the photograph stays as it is"),
    Option(
        "style_mask",
        None,
        Paths("an image file for each style separated by commas", "a path"),
        "mask of each style, white where it counts",
    ),
    Option(
        "labels",
        None,
        Paths("an image file of the content and one of each style separated by commas", "paths"),
        "instead of --mask and --style_mask: maps in which each colour of the content takes "
        "its style from the same colour of a style's map",
    ),
    Option("output", "stylized.png", OUTPUT_FILE, "picture to write", required=True),
    PRESET,
    *all_options().values(),
    *OUTPUT_FLAGS,
    Option(
        "output_profile",
        "srgb",
        Choice(("srgb", "input")),
        "colours of the file; input: the photograph's own ICC profile",
    ),
    Option(
        "preview_every",
        0,
        Integer(0, MAX_STEPS),
        "how often a preview is written to NAME.preview beside the picture; 0: never",
        "steps",
    ),
    MONITOR,
    Option(
        "checkpoint_seconds",
        60.0,
        Real(),
        "seconds of painting after which a state for --resume is written to NAME.state "
        "beside the picture, and also at the end of every scale; 0: never",
        "seconds",
    ),
    Option(
        "resume",
        False,
        Boolean(),
        "continue from NAME.state, to the same pixels; steps may be added",
    ),
    Option(
        "keep_metadata",
        False,
        Boolean(),
        "keep the photograph's EXIF: camera, time, author, place",
    ),
    OVERWRITE,
    DEBUG,
)

# Flags of masks, which say where.
PLACES = ("mask", "keep", "style_mask", "labels")

# Flags that mean nothing if another flag is 0.
WEIGHTED_BY = {
    "content_layers": "content_weight",
    "content_loss": "content_weight",
    "style_layers": "style_weight",
    "style_statistic": "style_weight",
    "tv_loss": "tv_weight",
}


def config_from_flags(values: Values) -> StylizeConfig:
    """The config of parsed flags.

    Raises:
      UserError: a value out of its range, or flags that contradict each other.
    """
    _refuse_unused(values)
    options = {name: values[name].value for name in option_names() if name in values}
    return config_from_options(_with_one_length(options, values))


def styles_from_flags(values: Values) -> list[tuple[str, float]]:
    """Paths and weights of --style. Raises UserError for a weight that is not above 0."""
    return weighted_paths(values.style, "--style")


def places_from_flags(values: Values) -> dict[str, list[str] | str | None]:
    """{flag: paths} of the masks, as `Places` has them. Raises UserError for an empty path."""
    given = {name: values[name].value for name in PLACES}
    return {name: text and _paths(text, name) for name, text in given.items()}


def _paths(text: str, name: str) -> list[str] | str:
    paths = split_paths(text)
    if not all(paths):
        raise UserError(f"--{name}: expected a path between commas, received {text!r}")
    return paths[0] if len(paths) == 1 else paths


def _with_one_length(options: dict[str, Any], values: Values) -> dict[str, Any]:
    """The options with steps or seconds alone: the command line's, or the last of flag files.

    Both stay if the command line has both.
    """
    if "seconds" not in values:  # a film's steps are those of each frame
        return options
    steps, seconds = values["steps"], values["seconds"]
    if steps.source == seconds.source == Source.COMMAND_LINE:
        return options
    last = max((steps, seconds), key=lambda flag: (flag.source, flag.position))
    left_out = "steps" if last is seconds and seconds.present else "seconds"
    return {name: value for name, value in options.items() if name != left_out}


def _refuse_unused(values: Values) -> None:
    """Refuses flags without effect, unless a weight of 0 overrides the flag file that has them."""
    for name, weight in WEIGHTED_BY.items():
        given = values[name].present and not is_later(values[weight], values[name])
        if given and values[weight].value == 0:
            raise UserError(
                f"--{name} and --{weight}: {name} has no effect with --{weight}=0, expected a "
                "weight above 0 or no such flag"
            )
