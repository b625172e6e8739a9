"""What a sheet consists of: its cells by the command's flags, and the command of each."""

import os
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from tf_nst.cli.flags import PLACES, WEIGHTED_BY, config_from_flags
from tf_nst.cli.parsing import Values
from tf_nst.cli.run import quoted
from tf_nst.cli.streams import STREAM
from tf_nst.cli.terminal import printable
from tf_nst.config import StylizeConfig, all_options, options_from_config
from tf_nst.config.paths import join_paths, split_paths
from tf_nst.config.repeated import repeated
from tf_nst.config.variations import (
    Variation,
    Variations,
    combination_count,
    combinations,
    varied_config,
)
from tf_nst.errors import UserError
from tf_nst.io.folders import pictures_in
from tf_nst.io.images import Image
from tf_nst.io.inputs import least_size, read_one

# Of one style without --vary: how large its strokes are matters most. Shares of the picture's size
# mean the same when it is painted large.
BY_DEFAULT = Variation("style_size", ("0.33x", "0.5x", "0.75x", "1x", "1.5x", "2x"))


class Cell(NamedTuple):
    """One picture of a sheet.

    Attributes:
      number: from 1.
      style: a path.
      name: of the style in captions.
      settings: {option: its value as it was written} of those that vary.
      config: all settings.
    """

    number: int
    style: str
    name: str
    settings: dict[str, str]
    config: StylizeConfig

    @property
    def caption(self) -> tuple[str, ...]:
        """Its number and what it is painted by, in lines that can be shown."""
        first, *others = self.parts
        return f"{self.number}  {first}", *others

    @property
    def parts(self) -> tuple[str, ...]:
        """The style and the settings, in lines that can be shown."""
        settings = (f"{name}={value}" for name, value in self.settings.items())
        return tuple(map(printable, (self.name, *settings)))


class SheetPlan(NamedTuple):
    """All cells: each style by each combination of settings.

    Attributes:
      styles: paths.
      variations: options that vary.
      config: the other settings.
    """

    styles: tuple[str, ...]
    variations: tuple[Variation, ...]
    config: StylizeConfig

    @property
    def cell_count(self) -> int:
        """How many cells."""
        return len(self.styles) * combination_count(self.variations)

    @property
    def axes(self) -> tuple[int, ...]:
        """How many styles there are, and how many values of each option that varies."""
        return len(self.styles), *(len(values) for _, values in self.variations)

    @property
    def caption_lines(self) -> int:
        """Lines of each caption."""
        return 1 + len(self.variations)

    @property
    def largest(self) -> int:
        """The long side of the largest picture in pixels."""
        sizes = dict(self.variations).get("size", (self.config.size,))
        return max(map(int, sizes))

    def cells(self) -> Iterator[Cell]:
        """The cells, style by style.

        Raises:
          UserError: settings that contradict each other.
        """
        numbers = count(1)
        for style, name in zip(self.styles, _names(self.styles), strict=True):
            for settings in combinations(self.variations):
                config = varied_config(self.config, settings)
                yield Cell(next(numbers), style, name, settings, config)

    def check(self, content: Image) -> None:
        """Checks each combination of settings against the photograph.

        Raises:
          UserError: settings that contradict each other, an unknown layer, or a photograph that is
            too small for the layers.
        """
        alone = self._replace(styles=self.styles[:1])
        by_size = {(it.config.size, least_size(it.config)): it.config for it in alone.cells()}
        for config in by_size.values():
            read_one(config, content, "--content")


def plan_sheet(values: Values) -> SheetPlan:
    """The plan of parsed flags.

    Raises:
      UserError: styles that are not there or given twice, a folder without pictures, bad options.
    """
    config, styles = config_from_flags(values), _styles(values.styles)
    variations = Variations().convert(values.vary, "--vary")
    if not variations and len(styles) == 1:
        variations = (BY_DEFAULT,)
    return SheetPlan(styles, variations, config)


def _styles(text: str) -> tuple[str, ...]:
    paths = []
    for item in split_paths(text):
        if item != STREAM and not os.path.exists(item):
            raise UserError(
                f"--styles: {item} does not exist; expected image files or folders of them"
            )
        paths += pictures_in(item, "--styles") if os.path.isdir(item) else [item]
    if (twice := repeated(map(os.path.realpath, paths))) is not None:
        raise UserError(f"--styles: expected each picture once, received {paths[twice]} twice")
    return tuple(paths)


def _names(styles: tuple[str, ...]) -> list[str]:
    """Names without folders, where these tell the styles apart."""
    names = [os.path.basename(path) for path in styles]
    return names if len(set(names)) == len(names) else list(styles)


def painting_command(values: Values, cell: Cell) -> str:
    """The line that paints a cell's picture large, at the painting command's own size.

    Args:
      values: of the sheet's flags.
    """
    flags = {"content": values.content, "style": join_paths([cell.style])}
    flags |= {name: values[name].value for name in PLACES if values[name].value}
    flags |= _changed_options(cell)
    arguments = (f"--{name}={_text(value)}" for name, value in flags.items())
    return " ".join(map(quoted, ["tf-nst", *arguments]))


def _changed_options(cell: Cell) -> dict[str, object]:
    """{option: its value} of those that differ from the painting command's defaults."""
    table, options = all_options(), options_from_config(cell.config)
    changed = {name: it for name, it in options.items() if it != table[name].plain_default}
    changed |= cell.settings
    if "size" not in cell.settings:
        changed.pop("size", None)
        if isinstance(options["style_size"], int) and options["style_size"]:
            # As large in proportion.
            changed["style_size"] = f"{options['style_size'] / cell.config.size:.3g}x"
    for name, weight in WEIGHTED_BY.items():
        if options[weight] == 0:
            changed.pop(name, None)
    return changed


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
