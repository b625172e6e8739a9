"""Windows by which scales are painted, as --tile has them."""

from dataclasses import dataclass

from tf_nst.config.lengths import MAX_SCALES
from tf_nst.config.value_types import ValueType, is_integer

TILES = ("auto", "off")
MAX_SIDE = 32768
# The stride of the deepest layers: a core of one feature.
LEAST_TILE = 32


@dataclass(frozen=True)
class Tiles(ValueType):
    """`auto`, `off` or a number of pixels; `off` or a number for each scale separated by commas."""

    values = (
        f"{'|'.join(TILES)}|N, {LEAST_TILE} to {MAX_SIDE} pixels, or off|N for each scale "
        "separated by commas"
    )
    expected = (
        f"{', '.join(TILES)} or a whole number from {LEAST_TILE} to {MAX_SIDE}, or off or such a "
        "number for each scale separated by commas"
    )

    def convert(self, value: object, flag: str) -> str:
        if isinstance(value, str) and value.strip() == "auto":
            return "auto"
        parts = value.split(",") if isinstance(value, str) else value
        parts = parts if isinstance(parts, list | tuple) else [parts]
        texts = [_text_of_part(part) for part in parts]
        if not 1 <= len(texts) <= MAX_SCALES or not all(texts):
            raise self.refusal(flag, value)
        return ",".join(texts)


def cores_of(tile: str) -> tuple[int, ...] | None:
    """Pixels a side that windows own, one number for all scales or one for each; 0: no windows.

    None stands for `auto`.
    """
    if tile == "auto":
        return None
    return tuple(0 if part == "off" else int(part) for part in tile.split(","))


def tile_of(cores: tuple[int, ...]) -> str:
    """The inverse of `cores_of`; `off` where there are no windows at all."""
    return ",".join(str(core or "off") for core in cores) if any(cores) else "off"


def _text_of_part(part: object) -> str:
    """`off`, or a number of pixels in its shortest form; empty for anything else."""
    if isinstance(part, str) and part.strip() == "off":
        return "off"
    try:
        core = int(part) if isinstance(part, str) else part
    except ValueError:
        return ""
    if not (is_integer(core) and LEAST_TILE <= core <= MAX_SIDE):
        return ""
    return str(int(core))
