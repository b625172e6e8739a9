"""The picture type, read from files and written to them."""

import io
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.decoding import decode
from tf_nst.io.depth import (
    DTYPES,
    TOP,
    Codes,
    is_floating,
    quantise,
    stack_alpha,
    to_depth,
    to_pillow,
)
from tf_nst.io.encoding import Encoded
from tf_nst.io.writing import encode_pixels, write_atomically

PREVIEW_SIDE = 1024
# Bicubic rather than Lanczos: its negative lobes are smaller, so hard edges get less of a halo,
# and a halo is a texture that the style terms would pick up. Pillow widens the kernel when it
# shrinks a picture, which is the antialiasing.
KERNEL = Pillow.Resampling.BICUBIC


@dataclass(frozen=True, eq=False)
class Image:
    """A picture in sRGB.

    Attributes:
        pixels: [H,W,3] uint8 or uint16, sRGB-encoded, not multiplied by alpha.
        alpha: [H,W] of the same dtype, or None for an opaque picture.
        profile: the ICC profile that the file carried, or None; `pixels` are sRGB all the same.
        notes: for the user, one line each.
        name: what messages call the picture, such as its path.
        sha256: of the file's bytes, in hexadecimal, which resizing keeps; None for a picture that
            is not from a file (`Inputs` has its pixels' instead).
        exif: what the file says of its making (tf_nst/io/kept_exif.py), where that was asked for;
            `save` does not write it.

    Raises:
        UserError: arrays of another shape or dtype.
    """

    pixels: Codes
    alpha: Codes | None = None
    profile: bytes | None = None
    notes: tuple[str, ...] = ()
    name: str = "image"
    sha256: str | None = None
    exif: bytes = b""

    def __post_init__(self) -> None:
        pixels, alpha = self.pixels, self.alpha
        if not (_is_colours(pixels) and pixels.dtype in DTYPES.values()):
            raise UserError(
                f"{self.name}: expected pixels [height, width, 3] of uint8 or uint16, "
                f"received {_described(pixels)}"
            )
        if alpha is not None and _described(alpha) != _described(pixels[..., 0]):
            raise UserError(
                f"{self.name}: expected alpha {_described(pixels[..., 0])}, "
                f"received {_described(alpha)}"
            )

    @classmethod
    def from_float(
        cls,
        array: ArrayLike,
        depth: int = 8,
        alpha: Codes | None = None,
        profile: bytes | None = None,
    ) -> "Image":
        """A picture from `array` [H,W,3] float in 0..1, clipped and rounded to the nearest code.

        `depth` is 8 or 16; `alpha` [H,W] uint8 or uint16 (brought to `depth`) or None.

        Raises:
            UserError: arrays of another shape or dtype, or NaN.
        """
        if isinstance(alpha, np.ndarray) and alpha.dtype in DTYPES.values():
            alpha = to_depth(alpha, depth)
        return cls(quantise(_checked_floats(np.asarray(array)), depth), alpha, profile)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.height, self.width

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def depth(self) -> int:
        """Bits per channel: 8 or 16."""
        return self.pixels.itemsize * 8

    @property
    def mask(self) -> NDArray[np.float32] | None:
        """Where it is visible, [H,W] float32 in 0..1; None of a picture that is opaque."""
        top = TOP[self.depth]
        if self.alpha is None or self.alpha.min() == top:
            return None
        share: NDArray[np.float32] = np.divide(self.alpha, top, dtype=np.float32)
        return share

    def to_float(self) -> NDArray[np.float32]:
        """The pixels as float32 [H,W,3] in 0..1, sRGB-encoded; alpha left out."""
        share: NDArray[np.float32] = np.divide(self.pixels, TOP[self.depth], dtype=np.float32)
        return share

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """[H,W,3], or [H,W,4] with alpha last; NumPy's protocol for dtype and copy."""
        if self.alpha is None:
            return np.array(self.pixels, dtype=dtype, copy=copy)
        if copy is False:
            raise ValueError("an Image with alpha cannot become one array without a copy")
        return stack_alpha(self.pixels, self.alpha).astype(dtype or self.pixels.dtype, copy=False)

    def to_pillow(self) -> Pillow.Image:
        """An 8-bit Pillow picture, RGB or RGBA; 16 bits are rounded."""
        return to_pillow(self.pixels, self.alpha)

    def encode(
        self,
        path: str | os.PathLike[str],
        profile: str = "srgb",
        exif: bytes = b"",
        quality: int | str | None = None,
    ) -> Encoded:
        """What writes the picture in the format of the extension of `path`, and plain lines.

        `profile` is "srgb", or "input" for the colours of the profile that the picture came with;
        `exif` is what the file says of its making (tf_nst/io/kept_exif.py); `quality` of JPEG, WebP
        and AVIF is 1 to 100, by default 95, or for WebP "lossless".

        Raises:
            UserError: unknown extension or `profile`, or a size or quality that the format has not.
        """
        return encode_pixels(path, self.pixels, self.alpha, self.profile, profile, exif, quality)

    def save(
        self,
        path: str | os.PathLike[str],
        profile: str = "srgb",
        quality: int | str | None = None,
    ) -> tuple[str, ...]:
        """Write the picture, whole or not at all. Returns lines on what the format cannot keep.

        Raises:
            UserError: as `encode`.
            RunError: the file cannot be written, such as on a full disk.
        """
        write, notes = self.encode(path, profile, quality=quality)
        write_atomically(path, write)
        return notes

    def show(self) -> None:
        """Open the picture, at 8 bits, in the system's viewer."""
        self.to_pillow().show()

    def _repr_png_(self) -> bytes:
        """A PNG for notebooks, of at most 1024 pixels a side."""
        picture = self.to_pillow()
        picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), KERNEL)
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        return buffer.getvalue()


def _is_colours(array: object) -> bool:
    return isinstance(array, np.ndarray) and array.ndim == 3 and array.shape[2] == 3


def _described(array: object) -> str:
    if not isinstance(array, np.ndarray):
        return type(array).__name__
    return f"{list(array.shape)} of {array.dtype}"


def _checked_floats(array: NDArray[Any]) -> NDArray[Any]:
    if not (_is_colours(array) and is_floating(array)):
        raise UserError(
            "image: expected floating numbers in 0..1 [height, width, 3], "
            f"received {_described(array)}"
        )
    # The least of numbers with NaN is NaN: one pass, and no array beside this one.
    if array.size and np.isnan(array.min()):
        raise UserError("image: expected floating numbers in 0..1, received NaN")
    return array


def read_image(
    path: str | os.PathLike[str],
    flag: str = "--content",
    max_pixels: int = 500_000_000,
    *,
    with_exif: bool = False,
) -> Image:
    """The first picture in a file: upright, converted to sRGB, at the file's depth (8 or 16 bits).

    Reads what Pillow reads, and 16-bit PNG and TIFF without loss. The size is checked against
    `max_pixels` before anything is decoded. Pillow's two global limits are set while it reads. Its
    EXIF is read `with_exif` alone.

    Raises:
        UserError: no readable file, no image, a damaged one, a floating-point or an oversized one.
        RunError: not enough memory.
    """
    name = os.fspath(path)
    decoded = decode(name, flag, max_pixels, with_exif=with_exif)
    pixels, alpha, profile, notes, sha256, exif = decoded
    return Image(pixels, alpha, profile, notes, name, sha256, exif)
