"""The sizes at which styles are measured."""

import math
from dataclasses import dataclass

from tf_nst.config.tiles import MAX_SIDE
from tf_nst.config.value_types import ValueType, is_integer, whole_or_text
from tf_nst.errors import UserError

# One for all styles, or one for each; a share of what 0 stands for is text such as "0.5x".
Size = int | str


@dataclass(frozen=True)
class StyleSizes(ValueType):
    """Long sides in pixels, or shares such as 0.5x: one for all styles, or one for each."""

    values = f"0 to {MAX_SIDE} or a share such as 0.5x, for each style separated by commas"
    expected = f"a whole number from 0 to {MAX_SIDE} or a share such as 0.5x, separated by commas"

    def read(self, text: str, flag: str) -> Size:
        return whole_or_text(text)

    def convert(self, value: object, flag: str) -> int | tuple[Size, ...]:
        """A whole number where it is one alone, else a tuple."""
        items = value.split(",") if isinstance(value, str) else value
        items = items if isinstance(items, list | tuple) and items else [items]
        sizes = tuple(self._size(item, value, flag) for item in items)
        return sizes[0] if len(sizes) == 1 and is_integer(sizes[0]) else sizes

    def _size(self, item: object, value: object, flag: str) -> Size:
        text = item.strip() if isinstance(item, str) else ""
        if text:
            item = whole_or_text(text)
        if 0 < share_of(text) < math.inf:
            return text
        if not (is_integer(item) and 0 <= item <= MAX_SIDE):
            raise self.refusal(flag, value)
        return int(item)


def share_of(size: Size) -> float:
    """The number of a share such as "0.5x"; NaN of anything else."""
    text = str(size)
    try:
        return float(text.removesuffix("x")) if text.endswith("x") else math.nan
    except ValueError:
        return math.nan


def size_for_each(sizes: int | tuple[Size, ...], styles: int) -> tuple[Size, ...]:
    """A size for each of so many styles.

    Raises:
      UserError: neither one size nor as many as styles.
    """
    sizes = sizes if isinstance(sizes, tuple) else (sizes,)
    if len(sizes) not in (1, styles):
        listed = ",".join(map(str, sizes))
        raise UserError(
            f"--style_size: expected one size, or one for each of {styles} styles, received "
            f"{listed}"
        )
    return sizes * styles if len(sizes) == 1 else sizes


def long_side(size: Size, picture: int, longest: int) -> int:
    """Pixels of a style's long side.

    Args:
      size: of the option.
      picture: long side of the painted picture.
      longest: that of the style as it was given.

    Raises:
      UserError: a share that comes to more than MAX_SIDE.
    """
    if is_integer(size) and size:
        return size
    default = min(picture, longest)
    if not size:
        return default
    pixels = max(1.0, share_of(size) * default)
    if pixels > MAX_SIDE:
        raise UserError(
            f"--style_size: expected a share that comes to {MAX_SIDE} pixels at most, received "
            f"{size} of {default} pixels"
        )
    return round(pixels)
