"""The picture as this package passes it about, and reading and resizing it."""

import io
import os
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.decoding import decode
from tf_nst.io.depth import DTYPES, TOP, quantise, to_depth

PREVIEW_SIDE = 1024
# Bicubic rather than Lanczos: its negative lobes are smaller, so hard edges get less of a halo,
# and a halo is a texture that the style terms would pick up. Pillow widens the kernel when it
# shrinks a picture, which is the antialiasing.
KERNEL = Pillow.Resampling.BICUBIC
HALF_A_CODE = 0.5 / TOP[16]


@dataclass(frozen=True, eq=False)
class Image:
    """A picture in sRGB.

    Attributes:
        pixels: [H,W,3] uint8 or uint16, sRGB-encoded, not multiplied by alpha.
        alpha: [H,W] of the same dtype, or None for an opaque picture.
        profile: the ICC profile that the file carried, or None; `pixels` are sRGB all the same.
        notes: plain lines worth telling the user.
        name: what messages call the picture, such as its path.

    Raises:
        UserError: arrays of another shape or dtype.
    """

    pixels: NDArray
    alpha: NDArray | None = None
    profile: bytes | None = None
    notes: tuple[str, ...] = ()
    name: str = "image"

    def __post_init__(self):
        shape, dtype = self.pixels.shape, self.pixels.dtype
        if len(shape) != 3 or shape[2] != 3 or dtype not in DTYPES.values():
            raise UserError(
                f"{self.name}: expected pixels [height, width, 3] of uint8 or uint16, "
                f"received {list(shape)} of {dtype}"
            )
        if self.alpha is not None and (self.alpha.shape, self.alpha.dtype) != (shape[:2], dtype):
            raise UserError(
                f"{self.name}: expected alpha {list(shape[:2])} of {dtype}, "
                f"received {list(self.alpha.shape)} of {self.alpha.dtype}"
            )

    @classmethod
    def from_float(cls, array, depth=8, alpha=None, profile=None) -> "Image":
        """A picture from `array` [H,W,3] float in 0..1, clipped and rounded to the nearest code.

        `depth` is 8 or 16; `alpha` [H,W] uint8 or uint16 (brought to `depth`) or None.
        """
        if alpha is not None:
            alpha = to_depth(alpha, depth)
        return cls(quantise(np.asarray(array), depth), alpha, profile)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.height, self.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.pixels.shape[0]

    @property
    def width(self) -> int:
        """Columns."""
        return self.pixels.shape[1]

    @property
    def depth(self) -> int:
        """Bits per channel: 8 or 16."""
        return self.pixels.itemsize * 8

    def to_float(self) -> NDArray:
        """The pixels as float32 [H,W,3] in 0..1, sRGB-encoded; alpha left out."""
        return np.divide(self.pixels, TOP[self.depth], dtype=np.float32)

    def __array__(self, dtype=None, copy=None) -> NDArray:
        """[H,W,3], or [H,W,4] with alpha last; NumPy's protocol for dtype and copy."""
        if self.alpha is None:
            return np.array(self.pixels, dtype=dtype, copy=copy)
        if copy is False:
            raise ValueError("an Image with alpha cannot become one array without a copy")
        return np.dstack([self.pixels, self.alpha]).astype(dtype or self.pixels.dtype, copy=False)

    def to_pillow(self) -> Pillow.Image:
        """An 8-bit Pillow picture, RGB or RGBA; 16 bits are rounded."""
        picture = Pillow.fromarray(to_depth(self.pixels, 8))
        if self.alpha is not None:
            picture.putalpha(Pillow.fromarray(to_depth(self.alpha, 8)))
        return picture

    def save(self, path: str | os.PathLike, profile: str = "srgb") -> tuple[str, ...]:
        """Write the picture as `tf_nst.io.writing.write_image` does; returns its notes."""
        from tf_nst.io.writing import write_image

        return write_image(self, path, profile)

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


def read_image(
    path: str | os.PathLike, flag: str = "--content", max_pixels: int = 500_000_000
) -> Image:
    """The first picture in a file: upright, converted to sRGB, at the file's depth (8 or 16 bits).

    Reads what Pillow reads, and 16-bit PNG and TIFF without loss. The size is checked against
    `max_pixels` before anything is decoded. Pillow's two global limits are set while it reads.

    Raises:
        UserError: no readable file, no image, a damaged one, a floating-point or an oversized one.
        RunError: not enough memory.
    """
    name = os.fspath(path)
    pixels, alpha, profile, notes = decode(name, flag, max_pixels)
    return Image(pixels, alpha, profile, notes, name)


def fit_size(height: int, width: int, long_side: int) -> tuple[int, int]:
    """The (height, width) whose longer side is `long_side`, same aspect ratio, each at least 1."""
    longest = max(height, width)
    scaled = ((2 * side * long_side + longest) // (2 * longest) for side in (height, width))
    new_height, new_width = (max(1, side) for side in scaled)
    return new_height, new_width


def resize_image(image: Image, height: int, width: int) -> Image:
    """`image` at another size, antialiased, at its own depth; itself if the size is the same.

    Colours count by their alpha, so that the hidden colour of transparent pixels does not bleed;
    where the result is fully transparent, it is black.
    """
    if (height, width) == (image.height, image.width):
        return image
    weight = None if image.alpha is None else _as_share(image.alpha)
    alpha = None if weight is None else _resized(Pillow.fromarray(weight), height, width)
    pixels = np.empty((height, width, 3), image.pixels.dtype)
    for c in range(3):
        channel = image.pixels[..., c]
        if weight is not None:
            pixels[..., c] = quantise(_shown(channel, weight, alpha), image.depth)
        elif image.depth == 8:
            pixels[..., c] = _resized(Pillow.fromarray(channel), height, width)
        else:
            plane = _resized(Pillow.fromarray(_as_share(channel)), height, width)
            pixels[..., c] = quantise(plane, image.depth)
    if alpha is not None:
        alpha = quantise(alpha, image.depth)
    return replace(image, pixels=pixels, alpha=alpha)


def _as_share(codes: NDArray) -> NDArray:
    """uint8 or uint16 codes as float32 in 0..1."""
    return np.divide(codes, TOP[codes.itemsize * 8], dtype=np.float32)


def _resized(plane: Pillow.Image, height: int, width: int) -> NDArray:
    """A plane [H,W] at another size; of floats it runs a little past its range at hard edges."""
    return np.asarray(plane.resize((width, height), KERNEL))


def _shown(codes: NDArray, weight: NDArray, alpha: NDArray) -> NDArray:
    """A channel at the size of `alpha`, each of its codes counted by `weight`, alpha before."""
    plane = _resized(Pillow.fromarray(_as_share(codes) * weight), *alpha.shape)
    return np.divide(plane, alpha, out=np.zeros_like(plane), where=alpha > HALF_A_CODE)
