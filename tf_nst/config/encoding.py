"""--quality: how closely a file keeps the picture."""

from dataclasses import dataclass

from tf_nst.config.value_types import ValueType, is_integer, whole_or_text

LOSSLESS = "lossless"


@dataclass(frozen=True)
class Quality(ValueType):
    """1 to 100, or `lossless`."""

    values = f"1 to 100|{LOSSLESS}"
    expected = f"a whole number from 1 to 100, or {LOSSLESS}"

    def read(self, text: str, flag: str) -> int | str:
        return whole_or_text(text)

    def convert(self, value: object, flag: str) -> int | str:
        if value == LOSSLESS:
            return LOSSLESS
        if not (is_integer(value) and 1 <= value <= 100):
            raise self.refusal(flag, value)
        return int(value)
