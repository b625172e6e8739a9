"""A bounded memory of what is dear to make."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """Values by key: the latest used ones that are `most` at the most, and of `most_bytes` in all.

    The last one is kept whatever its size is.
    """

    def __init__(
        self,
        most: int,
        most_bytes: float = math.inf,
        bytes_of: Callable[[T], int] = lambda value: 0,
    ) -> None:
        self._most, self._most_bytes, self._bytes_of = most, most_bytes, bytes_of
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key; `make()` where there is none.

        Threads that make it at the same time all get that of the first which has made it.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            return self._add(key, value)

    def _add(self, key: Hashable, value: T) -> T:
        """The value that is kept, with no more of the others than there is room for."""
        if key not in self._values:
            self._values[key] = value
            self._bytes += self._bytes_of(value)
        kept = self._values[key]
        self._values.move_to_end(key)
        while len(self._values) > 1 and self._is_full():
            _, oldest = self._values.popitem(last=False)
            self._bytes -= self._bytes_of(oldest)
        return kept

    def _is_full(self) -> bool:
        return len(self._values) > self._most or self._bytes > self._most_bytes

    def values(self) -> tuple[T, ...]:
        """All that are kept."""
        return tuple(self._values.values())
