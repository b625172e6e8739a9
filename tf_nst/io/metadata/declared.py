"""Colours that are declared by numbers, as the ICC profile that says the same.

So that one path converts them all, and `--output_profile=input` writes them.
"""

from functools import lru_cache

from tf_nst.io.metadata.facts import UnusableError
from tf_nst.io.metadata.make_profile import SRGB_TRANSFER, Transfer, gamma, make_profile

Colours = tuple[bytes | None, tuple[str, ...]]
Chromaticities = tuple[float, ...]

D65 = (0.3127, 0.3290)
# Red, green, blue, white, x and y each, by their code points (ITU-T H.273, table 2).
PRIMARIES: dict[int, tuple[str, Chromaticities]] = {
    1: ("BT.709", (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *D65)),
    4: ("BT.470 M", (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316)),
    5: ("BT.470 BG", (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *D65)),
    6: ("BT.601", (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *D65)),
    7: ("SMPTE 240", (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *D65)),
    9: ("BT.2020", (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *D65)),
    11: ("DCI-P3", (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351)),
    12: ("Display P3", (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *D65)),
}
_BT709: Transfer = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
# Table 3.
TRANSFERS: dict[int, tuple[str, Transfer]] = {
    1: ("BT.709", _BT709),
    4: ("gamma 2.2", gamma(2.2)),
    5: ("gamma 2.8", gamma(2.8)),
    6: ("BT.601", _BT709),
    8: ("linear", gamma(1.0)),
    13: ("sRGB", SRGB_TRANSFER),
    14: ("BT.2020", _BT709),
    15: ("BT.2020", _BT709),
}
HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
UNSPECIFIED, SRGB_PRIMARIES, SRGB_CODE = 2, 1, 13
ADOBE_RGB = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, *D65)
# Chromaticities are written in steps of 1/100,000, gammas as 0.45455.
NEAR = 0.002


def ignored(reason: str) -> str:
    """A line on a profile that is left out."""
    return f"its colour profile {reason}: ignored, the colours are taken as sRGB"


def by_code_points(primaries: int, transfer: int, full_range: bool = True) -> Colours:
    """Colours by code points of ITU-T H.273.

    Raises:
      UnusableError: HDR, or a range of 16 to 235.
    """
    if transfer in HDR_TRANSFERS:
        raise UnusableError(
            f"holds HDR colours ({HDR_TRANSFERS[transfer]}); expected a picture in SDR, such as "
            "sRGB or Display P3"
        )
    if not full_range:
        raise UnusableError("holds codes of video range (16 to 235); expected the full range")
    # What is not specified is sRGB's.
    primaries = SRGB_PRIMARIES if primaries == UNSPECIFIED else primaries
    transfer = SRGB_CODE if transfer == UNSPECIFIED else transfer
    if primaries not in PRIMARIES or transfer not in TRANSFERS:
        which = f"primaries {primaries}, transfer {transfer} of ITU-T H.273"
        return None, (f"it declares colours that are not known here ({which}): taken as sRGB",)
    if (primaries, transfer) == (SRGB_PRIMARIES, SRGB_CODE):
        return None, ()
    name, chromaticities = PRIMARIES[primaries]
    curve_name, curve = TRANSFERS[transfer]
    return make_profile(f"{name}, {curve_name}", chromaticities, curve), ()


def by_exif(colours: str | None) -> Colours:
    """Colours as EXIF declares them, see `Exif`."""
    if colours == "adobe":
        return adobe_rgb(), ()
    if colours == "unknown":
        return None, (
            "its EXIF says that the colours are not sRGB, but not what they are: taken as sRGB",
        )
    return None, ()


@lru_cache(maxsize=1)
def adobe_rgb() -> bytes:
    """Adobe RGB (1998), section 4.3: the exponent is 2 51/256."""
    return make_profile("Adobe RGB (1998), by EXIF", ADOBE_RGB, gamma(563 / 256))


def by_numbers(
    chromaticities: Chromaticities | None, exponent: float | None, source: str
) -> Colours:
    """Colours by chromaticities, and an exponent from codes to light; None: sRGB's.

    Args:
      chromaticities: red, green, blue, white, x and y each.
      source: what declares them, such as "its gAMA and cHRM".
    """
    known = PRIMARIES[SRGB_PRIMARIES][1]
    plain = chromaticities is None or _near(chromaticities, known)
    if plain and (exponent is None or abs(exponent / 2.2 - 1) < 0.02):
        return None, ()  # 1/2.2 stands for sRGB's curve in files of sRGB's primaries
    curve = SRGB_TRANSFER if exponent is None else gamma(exponent)
    try:
        chosen = known if plain or chromaticities is None else chromaticities
        return make_profile(f"of {source.removeprefix('its ')}", chosen, curve), ()
    except ValueError:
        return None, (f"{source} cannot be used: ignored, the colours are taken as sRGB",)


def _near(one: Chromaticities, other: Chromaticities) -> bool:
    return all(abs(a - b) < NEAR for a, b in zip(one, other, strict=True))
