"""A command's arguments in the form in which its flags are declared."""

import re
from collections.abc import Iterable, Iterator

from tf_nst.config.options import Option
from tf_nst.config.paths import Paths
from tf_nst.config.value_types import ValueType
from tf_nst.errors import UserError

SHORT = {"o": "output"}
# The flags of pictures that stand alone: the first picture is --content, those after it the styles.
POSITIONAL = ("content", "style", "styles")
# The flags of a batch's folders that stand alone, one each; a CSV of pairs has its styles in it.
FOLDERS = ("photos", "styles", "out")


def declared(arguments: Iterable[str], table: tuple[Option, ...]) -> list[str]:
    """A command line as `--name=value` for each flag, pictures that stand alone among them.

    A picture that there is no flag for follows after `--`.

    Raises:
      UserError: the last flag lacks its value.
    """
    booleans = {option.name for option in table if isinstance(option.default, bool)}
    takes_value = {option.name for option in table} - booleans | {"flagfile"}
    flags: list[str] = []
    pictures: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            pictures += rest
        elif argument == "-" or not argument.startswith("-"):
            pictures.append(argument)
        else:
            flag = with_declared_name(argument, table)
            apart = flag.lstrip("-") in takes_value
            flags.append(f"{flag}={_next(rest, flag)}" if apart else flag)
    return [*flags, *_named(pictures, flags, table)]


def with_declared_name(argument: str, table: tuple[Option, ...]) -> str:
    """`--style_size=48` of `--style-size=48`, `--output=a.png` of `-o=a.png`; unknown ones stay."""
    match = re.fullmatch(r"(--?)([^=]+)(=.*)?", argument, re.DOTALL)
    if not match:
        return argument
    name = SHORT.get(match[2], match[2]).replace("-", "_")
    booleans = {f"no{option.name}" for option in table if isinstance(option.default, bool)}
    if name.startswith("no_"):
        name = name.replace("no_", "no", 1)
    known = {option.name for option in table} | booleans
    return f"--{name}{match[3] or ''}" if name in known else argument


def _next(rest: Iterator[str], flag: str) -> str:
    for argument in rest:
        return argument
    raise UserError(f"{flag}: expected a value, received nothing")


def standing_alone(table: tuple[Option, ...]) -> list[str]:
    """The names of the flags whose pictures or folders may stand alone, in their order."""
    known = {option.name for option in table}
    if known.issuperset(FOLDERS):
        return list(FOLDERS)
    return [name for name in POSITIONAL if name in known]


def _named(pictures: list[str], flags: list[str], table: tuple[Option, ...]) -> list[str]:
    """The flags of pictures that stand alone, but for those flags that are given by name."""
    by_name = {flag.partition("=")[0].lstrip("-") for flag in flags}
    names = standing_alone(table)
    if names == list(FOLDERS):
        return _folders(pictures, by_name)
    free = [name for name in names if name not in by_name]
    named, left = [], list(pictures)
    if free and left and free[0] == "content":
        named.append(f"--{free.pop(0)}={left.pop(0)}")
    if free and left:
        several = isinstance(_types(table)[free[0]], Paths)
        values, left = (left, []) if several else (left[:1], left[1:])
        named.append(f"--{free.pop(0)}={_listed(values)}")
    return [*named, *(["--", *left] if left else [])]


def _types(table: tuple[Option, ...]) -> dict[str, ValueType]:
    return {option.name: option.type for option in table}


def _folders(paths: list[str], by_name: set[str]) -> list[str]:
    pairs = len(paths) < len(FOLDERS) and bool(paths) and paths[0].lower().endswith(".csv")
    free = [name for name in FOLDERS if name not in by_name and not (pairs and name == "styles")]
    named = [f"--{name}={path}" for name, path in zip(free, paths, strict=False)]
    return [*named, *(["--", *paths[len(free) :]] if len(paths) > len(free) else [])]


def _listed(paths: list[str]) -> str:
    """Paths by commas; in a list of several a comma that is part of a name has a backslash."""
    if len(paths) == 1:
        return paths[0]
    return ",".join(re.sub(r"([\\,])", r"\\\1", path) for path in paths)
