"""Options that vary from picture to picture: `style_size=256,512`, and the products of several."""

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple, cast

from tf_nst.config.conversion import all_options, config_from_options, options_from_config
from tf_nst.config.options import Option
from tf_nst.config.paths import unescaped_items
from tf_nst.config.repeated import repeated
from tf_nst.config.stylize import StylizeConfig
from tf_nst.config.value_types import ValueType
from tf_nst.errors import UserError, nearest


class Variation(NamedTuple):
    """An option's name and its values as they were written, two or more."""

    name: str
    values: tuple[str, ...]


class Variations(ValueType):
    """NAME=VALUE,VALUE,...: a flag that may be given several times."""

    values = "NAME=VALUE,VALUE,..., several times for all combinations"
    expected = "NAME=VALUE,VALUE"
    repeated = True

    def convert(self, value: object, flag: str) -> tuple[Variation, ...]:
        texts = cast(Iterable[str], value or ())
        variations = tuple(parse_variation(text, flag) for text in texts)
        names = [variation.name for variation in variations]
        if (twice := repeated(names)) is not None:
            raise UserError(f"{flag}: expected each option once, received {names[twice]} twice")
        return variations


def parse_variation(text: str, flag: str) -> Variation:
    """`NAME=VALUE,VALUE`; a backslash keeps a comma within a value.

    Raises:
      UserError: an unknown option, less than two values, one that is given twice or is refused.
    """
    name, equals, listed = text.partition("=")
    name = name.strip().lstrip("-").replace("-", "_")
    if not equals:
        raise UserError(f"{flag}: expected NAME=VALUE,VALUE, received {text!r}")
    option = all_options().get(name)
    if option is None:
        hint = nearest(name, all_options())
        raise UserError(f"{flag}: expected an option of painting, received {name!r}{hint}")
    values = tuple(unescaped_items(listed))
    if len(values) < 2 or "" in values:
        raise UserError(f"{flag}: expected two values or more of {name}, received {listed!r}")
    converted = [_converted(option, value, flag) for value in values]
    if (twice := repeated(converted)) is not None:
        raise UserError(
            f"{flag}: expected each value of {name} once, received {values[twice]} twice"
        )
    return Variation(name, values)


def _converted(option: Option, value: str, flag: str) -> Hashable:
    try:
        return option.convert(option.read(value))
    except UserError as error:
        raise UserError(f"{flag}: {error}") from None


def combinations(variations: Sequence[Variation]) -> Iterator[dict[str, str]]:
    """{name: value as written} of all combinations, the last option's values changing first."""
    named = [[(name, value) for value in values] for name, values in variations]
    return map(dict, product(*named))


def combination_count(variations: Sequence[Variation]) -> int:
    """How many combinations there are."""
    return math.prod(len(variation.values) for variation in variations)


def varied_config(config: StylizeConfig, settings: dict[str, str]) -> StylizeConfig:
    """The config with other values, as they are written, of some options.

    Raises:
      UserError: values that contradict each other or the config.
    """
    options = options_from_config(config)
    other = {"steps": "seconds", "seconds": "steps"}
    for name in settings:
        options.pop(other.get(name, ""), None)
    table = all_options()
    return config_from_options(
        options | {name: table[name].read(value) for name, value in settings.items()}
    )
