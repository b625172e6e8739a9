"""ICC profiles built byte by byte, for the tests of colour."""

import itertools
import struct

P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB_LIKE = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141))
SRGB_PARAMETERS = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def fixed(*values):
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def curv(*values):
    return b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *values)


def para(form, *values):
    return b"para\0\0\0\0" + struct.pack(">HH", form, 0) + fixed(*values)


def profile(space, tags, pcs=b"XYZ ", kind=b"mntr"):
    header = struct.pack(">4xI", 0) + b"\x02\x40\0\0" + kind + space + pcs
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header = (header + fixed(0.9642, 1.0, 0.8249)).ljust(128, b"\0")
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data
    whole = header + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def matrix_profile(primaries, curve):
    tags = {b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)}
    for letter, column in zip(b"rgb", primaries, strict=True):
        tags[bytes([letter]) + b"XYZ"] = b"XYZ \0\0\0\0" + fixed(*column)
        tags[bytes([letter]) + b"TRC"] = curve
    return profile(b"RGB ", tags)


def grey_profile(curve):
    white = b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)
    return profile(b"GRAY", {b"wtpt": white, b"kTRC": curve})


def lut_profile(space, channels, lightness):
    """Every corner of the colour cube is a neutral of `lightness(*corner)` in 0..1."""
    identity = fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    ramp = bytes(range(256))
    corners = itertools.product((0, 1), repeat=channels)
    nodes = b"".join(bytes([round(255 * lightness(*corner)), 128, 128]) for corner in corners)
    head = b"mft1\0\0\0\0" + bytes([channels, 3, 2, 0]) + identity
    lut = head + ramp * channels + nodes + ramp * 3
    white = b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)
    kind = b"prtr" if channels == 4 else b"scnr"
    return profile(space, {b"wtpt": white, b"A2B0": lut}, pcs=b"Lab ", kind=kind)


def p3():
    return matrix_profile(P3, para(3, *SRGB_PARAMETERS))


def adobe():
    return matrix_profile(ADOBE, curv(563))


def cmyk():
    """Cyan alone is half as light as paper; black ink is black."""
    return lut_profile(b"CMYK", 4, lambda c, m, y, k: (1 - k) * (1 - (c + m + y) / 6))


def rgb_tables():
    """An RGB profile of look-up tables only: the mean of the channels, as a neutral."""
    return lut_profile(b"RGB ", 3, lambda r, g, b: (r + g + b) / 3)
