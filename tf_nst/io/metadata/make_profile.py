"""ICC profiles (ICC.1:2022) of chromaticities and a curve."""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

D50 = np.array([0.9642, 1.0, 0.8249])
# Cone responses (Bradford), in which white is adapted (ICC.1:2022, annex E).
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
# The parameters g, a, b, c, d of (a x + b)^g from x = d on, c x below.
Transfer = tuple[float, float, float, float, float]
SRGB_TRANSFER: Transfer = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
LARGEST_EXPONENT = 10.0


def gamma(exponent: float) -> Transfer:
    """x^exponent."""
    return (exponent, 1.0, 0.0, 0.0, 0.0)


def make_profile(name: str, chromaticities: tuple[float, ...], transfer: Transfer) -> bytes:
    """A display profile.

    Args:
      name: its description.
      chromaticities: red, green, blue, white, x and y each.
      transfer: from codes to light, both 0..1.

    Raises:
      ValueError: chromaticities of no colour space, or an exponent that is no curve.
    """
    if not 1 / LARGEST_EXPONENT <= transfer[0] <= LARGEST_EXPONENT:
        raise ValueError("an exponent that is no curve")
    matrix = _matrix(np.array(chromaticities).reshape(4, 2))
    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _fixed(transfer)
    tags = {b"desc": _description(name), b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50)}
    for letter, column in zip(b"rgb", matrix.T, strict=True):
        tags[bytes([letter]) + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(column)
        tags[bytes([letter]) + b"TRC"] = curve
    return _assembled(tags)


def _matrix(chromaticities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear RGB -> XYZ (D50), [3, 3]."""
    x, y = chromaticities.T
    if not (np.all(y > 0) and np.all(np.abs(chromaticities) < 2)):
        raise ValueError("chromaticities of no colour")
    columns = np.stack([x / y, np.ones(4), (1 - x - y) / y])
    primaries, white = columns[:, :3], columns[:, 3]
    if abs(np.linalg.det(primaries)) < 1e-6:
        raise ValueError("primaries that lie in one plane")
    matrix = primaries * np.linalg.solve(primaries, white)
    cones = (BRADFORD @ D50) / (BRADFORD @ white)
    adapted: NDArray[np.float64] = np.linalg.solve(BRADFORD, cones[:, None] * BRADFORD) @ matrix
    if not (np.isfinite(adapted).all() and np.abs(adapted).max() < 100):
        raise ValueError("chromaticities of no colour space")
    return adapted


def _fixed(values: Sequence[float] | NDArray[np.float64]) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(float(value) * 65536) for value in values))


def _description(name: str) -> bytes:
    text = name.encode("ascii", "replace") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)


def _assembled(tags: dict[bytes, bytes]) -> bytes:
    header = b"\0\0\0\0\0\0\0\0\x02\x40\0\0mntrRGB XYZ "
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header = (header + _fixed(D50)).ljust(128, b"\0")
    table, body = struct.pack(">I", len(tags)), b""
    start = len(header) + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data
    whole = header + table + body
    return struct.pack(">I", len(whole)) + whole[4:]
