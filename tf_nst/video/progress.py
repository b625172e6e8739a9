"""What is said while a film is painted."""

from collections.abc import Callable

from tf_nst.batch.report import Result
from tf_nst.io.durations import roughly


class FilmProgress:
    """A line for each painting of a frame, with the time left for the whole film."""

    def __init__(
        self, total: int, done: int, say: Callable[[str], None], clock: Callable[[], float]
    ) -> None:
        """`total` paintings, of which `done` were there before."""
        self._total, self._done, self._say, self._clock = total, done, say, clock
        self._began, self._first = clock(), done
        self.notes: dict[str, None] = {}

    def __call__(self, result: Result) -> None:
        self._done += 1
        self.notes |= dict.fromkeys(result.notes)
        about = f": {result.reason}" if result.reason else f" ({result.seconds:.1f} s)"
        self._say(
            f"{self._done}/{self._total}  {result.status} {result.picture}{about}{self._left()}"
        )

    def _left(self) -> str:
        left = self._total - self._done
        if not left:
            return ""
        each = (self._clock() - self._began) / (self._done - self._first)
        return f", about {roughly(left * each)} left"
