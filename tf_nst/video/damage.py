"""Which frames of a file are damaged or missing, in lines for the user."""

from fractions import Fraction

LISTED = 8


class Damage:
    """Collects frames and says them in a line of each kind; past LISTED they are only counted."""

    def __init__(self, rate: Fraction | None):
        self._rate = rate
        self._mended: list[str] = []
        self._lost: list[str] = []
        self._counts = {"mended": 0, "lost": 0}

    def mend(self, time: Fraction) -> None:
        """A frame that the decoder gave although parts of it were damaged."""
        self._add("mended", self._mended, time)

    def lose(self, time: Fraction) -> None:
        """A frame that the decoder could not give."""
        self._add("lost", self._lost, time)

    @property
    def lost(self) -> int:
        """How many frames the decoder could not give."""
        return self._counts["lost"]

    def _add(self, kind: str, names: list[str], time: Fraction) -> None:
        self._counts[kind] += 1
        if len(names) < LISTED:
            names.append(self._name(time))

    def _name(self, time: Fraction) -> str:
        """A frame by its number from 1, where they are evenly spaced, and its second."""
        seconds = f"{float(time):.2f} s"
        return seconds if self._rate is None else f"{round(time * self._rate) + 1} ({seconds})"

    def lines(self) -> list[str]:
        """What there is to say."""
        mended = self._line("mended", self._mended, "damaged, and used as the decoder mended it")
        lost = self._line("lost", self._lost, "damaged and left out")
        return [line for line in (lost, mended) if line]

    def _line(self, kind: str, names: list[str], what: str) -> str:
        count = self._counts[kind]
        if not count:
            return ""
        rest = f" and {count - len(names)} more" if count > len(names) else ""
        return f"{count} frame{'s' * (count > 1)} {what}: {', '.join(names)}{rest}"
