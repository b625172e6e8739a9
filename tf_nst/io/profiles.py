"""Colour profiles: from a file's ICC profile to sRGB and back, at 8 and at 16 bits.

Eight bits, and profiles made of look-up tables, go through Pillow's ImageCms with relative
colorimetric intent and black point compensation. Sixteen bits go through tf_nst.io.icc, because
ImageCms has no 16-bit mode and would leave bands in smooth skies.
"""

import io
from functools import lru_cache

import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms

from tf_nst.io import icc
from tf_nst.io.depth import Codes, to_array, to_depth
from tf_nst.io.icc import ProfileError

MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
FIXED_DATE = bytes.fromhex("07e6 0001 0001 0000 0000 0000")


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The sRGB profile that outputs carry; its creation date is fixed, so files do not differ."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data[:24] + FIXED_DATE + data[36:]


def check_profile(profile: bytes) -> str:
    """The colour space of a profile that can be converted to sRGB: "RGB", "GRAY" or "CMYK".

    Raises:
        ProfileError: the profile is broken, or of another colour space.
    """
    icc.parse(profile)
    space = colour_space(profile)
    if space not in MODES:
        raise ProfileError(f"is for the colour space {space}")
    _transform(profile, srgb_profile(), MODES[space], "RGB")
    return space


def colour_space(profile: bytes) -> str:
    """The device colour space that the header names, such as "RGB", "GRAY" or "CMYK"."""
    return profile[16:20].decode("ascii", "replace").strip()


def describe(profile: bytes) -> str:
    """The name that the profile gives itself, in one line."""
    try:
        name = ImageCms.getProfileDescription(_opened(profile))
    except ImageCms.PyCMSError:
        name = ""
    return " ".join(name.split()) or "without a name"


@lru_cache(maxsize=4)
def is_srgb(profile: bytes) -> bool:
    """Whether every colour of this profile is less than an 8-bit step from its place in sRGB."""
    parsed = icc.parse(profile)
    if parsed is None or colour_space(profile) != "RGB":
        return False
    steps = np.linspace(0, 65535, 9).astype(np.uint16)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    difference = np.abs(icc.convert(lattice, parsed, icc.srgb()).astype(int) - lattice)
    return bool(difference.max() < 257)


def picture_to_srgb(picture: Pillow.Image, profile: bytes) -> Pillow.Image:
    """An 8-bit Pillow picture (RGB, L or CMYK, as the profile's space) in sRGB, mode RGB.

    An RGB picture is converted in place.

    Raises:
        ProfileError: ImageCms cannot use the profile.
    """
    return _apply(picture, _transform(profile, srgb_profile(), picture.mode, "RGB"))


def pixels_to_srgb(pixels: Codes, profile: bytes) -> Codes:
    """16-bit `pixels` [H,W,3] uint16 (grey: three equal channels) in sRGB.

    Returns uint16, or uint8 where the profile holds look-up tables only: ImageCms does 8 bits.

    Raises:
        ProfileError: the profile is broken.
    """
    parsed = icc.parse(profile)
    if parsed is not None:
        return icc.convert(pixels, parsed, icc.srgb())
    picture = Pillow.fromarray(to_depth(pixels, 8))
    return to_array(picture_to_srgb(picture.convert(MODES[colour_space(profile)]), profile))


def pixels_from_srgb(pixels: Codes, profile: bytes) -> Codes:
    """sRGB `pixels` [H,W,3], uint8 or uint16, encoded in an RGB profile.

    Returns the dtype of `pixels`, or uint8 where the profile holds look-up tables only.

    Raises:
        ProfileError: the profile is broken, not RGB, or converts in the other direction only.
    """
    if colour_space(profile) != "RGB":
        raise ProfileError(f"is for the colour space {colour_space(profile)}")
    parsed = icc.parse(profile)
    if parsed is not None and pixels.dtype == np.uint16:
        return icc.convert(pixels, icc.srgb(), parsed)
    picture = Pillow.fromarray(to_depth(pixels, 8))
    return to_array(_apply(picture, _transform(srgb_profile(), profile, "RGB", "RGB")))


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile:
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (OSError, ImageCms.PyCMSError) as error:
        raise ProfileError("cannot be opened") from error


def _transform(
    source: bytes, target: bytes, mode: str, target_mode: str
) -> ImageCms.ImageCmsTransform:
    try:
        return ImageCms.buildTransform(
            _opened(source),
            _opened(target),
            mode,
            target_mode,
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError as error:
        raise ProfileError("cannot be used for a conversion") from error


def _apply(picture: Pillow.Image, transform: ImageCms.ImageCmsTransform) -> Pillow.Image:
    converted = ImageCms.applyTransform(picture, transform, inPlace=picture.mode == "RGB")
    return picture if converted is None else converted
