"""What a picture starts from, as --init has it."""

from dataclasses import dataclass

from tf_nst.config.value_types import FilePath
from tf_nst.errors import UserError

STARTS = ("matched", "content", "noise", "style_statistics")
_BLEND = "blend:"


@dataclass(frozen=True)
class Start(FilePath):
    """One of STARTS, blend:SHARE or a path."""

    values: str = f"{'|'.join(STARTS)}|blend:SHARE|an image file"
    expected: str = f"{', '.join(STARTS)}, blend:SHARE or a file"

    def convert(self, value: object, flag: str) -> str:
        text = super().convert(value, flag)
        if text.startswith(_BLEND):
            return f"{_BLEND}{_share(text, flag)!r}"
        return text


def is_start(init: str) -> bool:
    """Whether it is no file."""
    return init in STARTS or init.startswith(_BLEND)


def noise_share(init: str) -> float | None:
    """The share of noise in a blend with the content; None where it is no blend."""
    return float(init.removeprefix(_BLEND)) if init.startswith(_BLEND) else None


def _share(text: str, flag: str) -> float:
    try:
        share = float(text.removeprefix(_BLEND))
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise UserError(
            f"{flag}: expected blend:SHARE with a share of noise between 0 and 1, received {text!r}"
        )
    return share
