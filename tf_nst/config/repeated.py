"""What is given twice in a list."""

from collections.abc import Hashable, Iterable


def repeated(items: Iterable[Hashable]) -> int | None:
    """The index of the first item that occurs before it, too; None where all differ."""
    before: set[Hashable] = set()
    for index, item in enumerate(items):
        if item in before:
            return index
        before.add(item)
    return None
