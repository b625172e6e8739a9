"""Flags of flag files that belong to the value of another flag, which a later line changes."""

from itertools import pairwise
from typing import NamedTuple

from tf_nst.cli.arguments import flag_name


class _Belongs(NamedTuple):
    """To which flag's value; of text with `part` in it alone."""

    flag: str
    part: str = ""


# NAME.cfg has them as they followed from the other flag: the default learning rate of its
# optimiser, the windows that its size needed, a size for each of its styles.
_BELONGING = {
    "learning_rate": _Belongs("optimizer"),
    "average": _Belongs("optimizer"),
    "tile": _Belongs("size"),
    "style_size": _Belongs("style", ","),
}


def without_outdated(arguments: list[str], command_line: list[str]) -> list[str]:
    """The arguments without those of flag files that belong to a value which a later line changes;
    what is on the command line stays.

    Args:
      arguments: those of flag files in the place of the files; flags by their declared names.
      command_line: as it was typed, by the same names.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    typed = set(map(flag_name, command_line))
    changed = _last_changes(arguments[:end])

    def is_outdated(place: int, argument: str) -> bool:
        name = flag_name(argument)
        if name in typed or name not in _BELONGING:
            return False
        flag, part = _BELONGING[name]
        return part in argument and place < changed.get(flag, 0)

    kept = (it for place, it in enumerate(arguments[:end]) if not is_outdated(place, it))
    return [*kept, *arguments[end:]]


def _last_changes(arguments: list[str]) -> dict[str, int]:
    """{flag: where it was last given another value than before}."""
    leading = {belongs.flag for belongs in _BELONGING.values()}
    values: dict[str, str] = {}
    places: dict[str, int] = {}
    for place, (argument, following) in enumerate(pairwise([*arguments, ""])):
        name, (_, equals, value) = flag_name(argument), argument.partition("=")
        if name in leading:
            value = value if equals else following
            if values.setdefault(name, value) != value:
                places[name] = place
            values[name] = value
    return places
