"""What is compared with what, in which order and on which sides: all of it follows from a seed."""

import hashlib
import random
from pathlib import Path
from typing import NamedTuple

from tf_nst.errors import UserError

SUFFIXES = (".png", ".jpg", ".jpeg")


class Trial(NamedTuple):
    """Two pictures side by side.

    Attributes:
      key: NUMBER-DIGEST, which says nothing of the folders; other pictures, sides or seeds have
        another.
      name: of both files.
      left, right: paths.
      left_is_first: whether the left one is of the first folder.
    """

    key: str
    name: str
    left: Path
    right: Path
    left_is_first: bool


def common_names(first, second):
    """Names, sorted, of the pictures that both folders have.

    Raises:
      UserError: no folder, twice the same, or no common name.
    """
    first, second = Path(first), Path(second)
    for folder in (first, second):
        if not folder.is_dir():
            raise UserError(f"expected two folders of pictures, received {folder}")
    if first.resolve() == second.resolve():
        raise UserError(f"expected two folders of pictures, received {first} twice")
    names = _pictures(first) & _pictures(second)
    if not names:
        raise UserError(
            f"expected pictures of the same names in {first} and {second}, received none"
        )
    return sorted(names)


def _pictures(folder):
    return {
        path.name for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()
    }


def make_trials(first, second, *, seed, times):
    """Trials of every common picture, `times` each, in as many rounds of random order.

    Order and sides follow from the seed and the files, so that pages of other pictures have others:
    who knows whose side was the left on one does not know it on the next. The sides of the first
    round are random, and swapped from round to round: for an even `times` each folder is as often
    on the left as on the right.

    Raises:
      UserError: as `common_names`.
    """
    names = common_names(first, second)
    digests = {path: _digest(path) for name in names for path in _paths(first, second, name)}
    generator = random.Random(" ".join([str(seed), *digests.values()]))
    sides = {name: generator.random() < 0.5 for name in names}
    trials = []
    for swapped in range(times):
        for name in generator.sample(names, len(names)):
            left_is_first = sides[name] ^ bool(swapped % 2)
            paths = _paths(first, second, name)
            left, right = paths if left_is_first else paths[::-1]
            key = _key(len(trials) + 1, seed, digests[left], digests[right])
            trials.append(Trial(key, name, left, right, left_is_first))
    return trials


def _paths(first, second, name):
    return Path(first) / name, Path(second) / name


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _key(number, seed, left, right):
    text = " ".join([str(seed), str(number), left, right])
    return f"{number:03d}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
