"""Rows of a large picture that are worked on at a time."""

BAND_PIXELS = 1 << 20


def bands(height: int, width: int) -> list[slice]:
    """Row slices that cover `height` rows, each of about a million pixels."""
    rows = max(1, BAND_PIXELS // max(1, width))
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]
