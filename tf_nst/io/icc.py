"""Matrix and grey ICC profiles as numbers, for what Pillow's 8-bit colour engine cannot do.

A matrix profile (ICC.1:2022, F.3) says: linear = curve(code), XYZ(D50) = matrix @ linear.
Two such profiles give a conversion, and its inverse is the same with the profiles swapped.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tf_nst.io.depth import Codes
from tf_nst.ops.bands import bands

CODES = np.arange(65536, dtype=np.float64)
GRID = CODES / 65535
# The sRGB primaries adapted to D50, as columns, in the very numbers of the profile that outputs
# carry (s15Fixed16); the rows add up to ICC's D50, so white stays white.
SRGB_MATRIX = np.array([[28576, 25239, 9375], [14581, 46983, 3972], [912, 6361, 46787]]) / 65536
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0.0, 0.0)

_CURVES, _COLUMNS = (b"rTRC", b"gTRC", b"bTRC"), (b"rXYZ", b"gXYZ", b"bXYZ")
USED_TAGS = (b"kTRC", *_CURVES, *_COLUMNS)
# A profile has some twenty tags, a curve at most a value for each 16-bit code.
MOST_TAGS, MOST_TAG_BYTES = 1000, 12 + 2 * 65536


class ProfileError(ValueError):
    """A profile that is broken, or that cannot be used for a conversion."""


@dataclass(frozen=True, eq=False)
class MatrixProfile:
    """Linear value of each of the 65536 codes, [3,65536], and linear device -> XYZ (D50), [3,3]."""

    tables: NDArray[np.float64]
    matrix: NDArray[np.float64]


def convert(pixels: Codes, source: MatrixProfile, target: MatrixProfile) -> NDArray[np.uint16]:
    """`pixels` [H,W,3] uint16 in `source`'s code, as uint16 in `target`'s; clipped and rounded."""
    matrix = np.linalg.solve(target.matrix, source.matrix)
    result = np.empty(pixels.shape, np.uint16)
    for rows in bands(*pixels.shape[:2]):
        linear = np.stack([source.tables[c][pixels[rows, :, c]] for c in range(3)], axis=-1)
        linear = linear @ matrix.T
        for c in range(3):
            codes = np.interp(linear[..., c], target.tables[c], CODES)
            result[rows, :, c] = np.rint(codes)
    return result


@lru_cache(maxsize=1)
def srgb() -> MatrixProfile:
    """sRGB (IEC 61966-2-1) itself."""
    return MatrixProfile(np.stack([_parametric(GRID, *SRGB_CURVE)] * 3), SRGB_MATRIX)


def parse(profile: bytes) -> MatrixProfile | None:
    """The matrix or grey profile in `profile`; None if it holds look-up tables only.

    Raises:
        ProfileError: the bytes are not a whole ICC profile, or its curves have an unknown form.
    """
    try:
        return _from_tags(_tags(profile))
    except (struct.error, ValueError, ArithmeticError) as error:
        raise ProfileError(f"cannot be parsed ({error})") from error


def _tags(profile: bytes) -> dict[bytes, bytes]:
    """Those that are used, up to MOST_TAG_BYTES of each; others may be as long as the file."""
    if profile[36:40] != b"acsp":
        raise ValueError("no ICC signature")
    if profile[20:24] != b"XYZ ":
        return {}
    (count,) = struct.unpack_from(">I", profile, 128)
    tags = {}
    for index in range(min(count, MOST_TAGS)):
        name, start, size = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if name in USED_TAGS:
            tags[name] = profile[start : start + min(size, MOST_TAG_BYTES)]
    return tags


def _from_tags(tags: dict[bytes, bytes]) -> MatrixProfile | None:
    if b"kTRC" in tags:
        # Grey runs along the neutral axis, which sRGB's own matrix keeps neutral.
        return MatrixProfile(np.stack([_curve(tags[b"kTRC"])] * 3), SRGB_MATRIX)
    if not {*_CURVES, *_COLUMNS} <= tags.keys():
        return None
    matrix = np.stack([_fixed(tags[name], 8, 3) for name in _COLUMNS], axis=1)
    if abs(np.linalg.det(matrix)) < 1e-6:
        raise ValueError("its primaries lie in one plane")
    return MatrixProfile(np.stack([_curve(tags[name]) for name in _CURVES]), matrix)


def _fixed(data: bytes, start: int, count: int) -> NDArray[np.float64]:
    """`count` numbers of ICC's type s15Fixed16."""
    return np.array(struct.unpack_from(f">{count}i", data, start)) / 65536


def _curve(data: bytes) -> NDArray[np.float64]:
    """Linear value of each 16-bit code, [65536] float64; never falling, so it has an inverse."""
    readers = {b"curv": _sampled_curve, b"para": _parametric_curve}
    if data[:4] not in readers:
        raise ValueError("a curve of an unknown type")
    with np.errstate(all="ignore"):
        table = readers[data[:4]](data)
    if not np.isfinite(table).all():
        raise ValueError("a curve that is not finite")
    rising: NDArray[np.float64] = np.maximum.accumulate(table)
    return rising


def _sampled_curve(data: bytes) -> NDArray[np.float64]:
    (count,) = struct.unpack_from(">I", data, 8)
    if count == 0:
        return GRID
    if 2 * count > len(data) - 12:
        raise ValueError("a curve that is not whole")
    values = np.frombuffer(data, ">u2", count, 12).astype(np.float64)
    if count == 1:
        power: NDArray[np.float64] = GRID ** (values[0] / 256)
        return power
    return np.interp(GRID, np.linspace(0, 1, count), values / 65535)


def _parametric_curve(data: bytes) -> NDArray[np.float64]:
    """ICC.1:2022, table 68: the five forms, each written as the last and most general one."""
    (form,) = struct.unpack_from(">H", data, 8)
    if form > 4:
        raise ValueError("a parametric curve of an unknown form")
    parameters = [float(value) for value in _fixed(data, 12, (1, 3, 4, 5, 7)[form])]
    gamma, a, b = parameters[:3] if form else (parameters[0], 1.0, 0.0)
    if form < 3:
        offset = parameters[3] if form == 2 else 0.0
        return _parametric(GRID, gamma, a, b, 0.0, -b / a, offset, offset)
    return _parametric(GRID, *(*parameters, 0.0, 0.0)[:7])


def _parametric(
    x: NDArray[np.float64],
    gamma: float,
    a: float,
    b: float,
    c: float,
    d: float,
    e: float,
    f: float,
) -> NDArray[np.float64]:
    """(a x + b)^gamma + e from x = d on, c x + f below."""
    power = np.maximum(a * x + b, 0) ** gamma + e
    return np.where(x >= d, power, c * x + f)
