"""The flags of `tf-nst batch`, and those among them that each picture is painted with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from tf_nst.cli.arguments import standing_alone
from tf_nst.cli.flags import DEBUG, PAINT_FLAGS, PLACES, WEIGHTED_BY, config_from_flags
from tf_nst.cli.parsing import Values, parse_flags
from tf_nst.config.options import Option
from tf_nst.config.paths import AUTO_REGIONS, join_paths, split_paths
from tf_nst.config.starts import STARTS
from tf_nst.config.value_types import FilePath, Integer, Text
from tf_nst.errors import UserError

MOST_PROCESSES = 1024
# Flags of one path, or a word in its place; those of several paths are PLACES.
_FILES = ("init", "weights")
# Flags of the painting command that a batch decides by itself.
_DECIDED = (
    "content style output sidecars json quiet verbose preview_every monitor checkpoint_seconds "
    "resume overwrite debug"
).split()
OF_PICTURES = {option.name: option for option in PAINT_FLAGS if option.name not in _DECIDED}

BATCH_FLAGS = (
    Option(
        "photos",
        None,
        FilePath("a folder, a pattern such as 'photos/*.jpg', a picture or a CSV of pairs"),
        "photographs to paint; a CSV has the columns content and style, and any flags",
        required=True,
        positional=True,
    ),
    Option(
        "styles",
        None,
        FilePath("a folder, a pattern such as 'styles/*.jpg' or a picture"),
        "paintings; every photograph is painted in the manner of each; none with a CSV",
        positional=True,
    ),
    Option(
        "out",
        None,
        FilePath("a folder"),
        "folder to write to: STYLE/NAME.png, its record and its flag file for each picture, and "
        "report.jsonl",
        required=True,
        positional=True,
    ),
    Option(
        "processes",
        0,
        Integer(0, MOST_PROCESSES),
        "processes that paint at the same time; 0: as many as cores and memory allow, one where "
        "there is a GPU",
    ),
    Option(
        "runner",
        None,
        Text("a runner of Apache Beam such as FnApiRunner"),
        "paint with Apache Beam, also on several machines; photos, styles and out may then be "
        "gs://, s3:// or hdfs://",
    ),
    Option(
        "runner_options",
        None,
        Text("options of Apache Beam"),
        "options of Beam and of the runner, such as '--flink_master=HOST:8081 --parallelism=8'",
    ),
    *OF_PICTURES.values(),
    DEBUG,
)

# With a CSV the second path that stands alone is --out.
_OF_PAIRS = tuple(
    replace(option, positional=False) if option.name == "styles" else option
    for option in BATCH_FLAGS
)


def flags_for(arguments: Sequence[str]) -> tuple[Option, ...]:
    """The flags of a command line: a CSV of pairs has the styles in it."""
    try:
        paths = standing_alone(arguments, BATCH_FLAGS)
    except UserError:  # a flag without its value, which parsing refuses in a line
        return BATCH_FLAGS
    named = [item for item in arguments if item.startswith("--photos=")]
    photos, most = (named[-1], 1) if named else (paths[0] if paths else "", 2)
    pairs = len(paths) <= most and photos.lower().endswith(".csv")
    return _OF_PAIRS if pairs else BATCH_FLAGS


def shared_flags(values: Values, names: Iterable[str] = tuple(OF_PICTURES)) -> dict[str, str]:
    """{flag: text} of those of `names` that every picture is painted with, in their order.

    What flag files and presets hold is among them; of what the flags override nothing is.

    Raises:
      UserError: flags that contradict each other.
    """
    config = config_from_flags(values)
    present = {name: values[name].value for name in names if values[name].present}
    given = {name: value for name, value in present.items() if value is not None}
    given.pop("preset", None)
    given.pop("steps" if config.seconds is not None else "seconds", None)
    for name, weight in WEIGHTED_BY.items():
        if values[weight].value == 0:
            given.pop(name, None)
    return {name: text_of(value) for name, value in given.items()}


def paths_of(name: str, text: str) -> list[str]:
    """The paths in the text of a flag; none of a word in their place, and of a flag of no files."""
    if name in PLACES:
        return [] if name == "mask" and text.startswith(AUTO_REGIONS) else split_paths(text)
    return [text] if name in _FILES and text not in _words_of(name) else []


def _words_of(name: str) -> Sequence[str]:
    """The words that a flag takes in the place of a path."""
    if name == "init":
        return STARTS
    from tf_nst.model.weights import WORDS

    return WORDS


def with_paths(name: str, text: str, replaced: Callable[[str], str]) -> str:
    """The text of a flag with each path replaced."""
    paths = paths_of(name, text)
    if name in _FILES:
        return replaced(text) if paths else text
    return join_paths(map(replaced, paths)) if paths else text


def text_of(value: object) -> str:
    """A flag's value as it is typed; floats by all their digits."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def painting_values(content: str, style: str, output: str, flags: Mapping[str, str]) -> Values:
    """The values of the painting command's flags for one picture.

    Raises:
      UserError: a value that its flag does not accept, or flags that contradict each other.
    """
    pictures = {"content": content, "style": style, "output": output, "checkpoint_seconds": "0"}
    given = {**pictures, **flags}
    arguments = [f"--{name}={text}" for name, text in given.items()]
    values = parse_flags(["tf-nst", *arguments], PAINT_FLAGS)
    values["output"].value = output  # made of names, in which $NAME is no variable
    return values
