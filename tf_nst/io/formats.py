"""Which formats are read, by their first bytes, and what is said of those that are not."""

from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from tf_nst.io.metadata.bmp import read_bmp
from tf_nst.io.metadata.boxes import read_avif, read_heic, read_jpeg2000
from tf_nst.io.metadata.facts import Facts, UnusableError
from tf_nst.io.metadata.gif import read_gif
from tf_nst.io.metadata.jpeg import read_jpeg
from tf_nst.io.metadata.png import read_png
from tf_nst.io.metadata.tiff import RAW, read_tiff
from tf_nst.io.netpbm import read_netpbm

EXPECTED = "expected an image (JPEG, PNG, WebP, TIFF, ...)"
HEAD_BYTES = 32


def _left_to_the_decoder(file: BinaryIO) -> Facts:
    return Facts(file, orientation=0)


def _read_heic(file: BinaryIO) -> Facts:
    """Registers the decoder, which turns pictures upright."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        raise UnusableError(_HEIC) from None
    register_heif_opener()
    return read_heic(file)


class Format(NamedTuple):
    """A format that is read: its name, Pillow's names, and what reads its facts."""

    name: str
    plugins: tuple[str, ...]
    read: Callable[[BinaryIO], Facts] = _left_to_the_decoder


PNG = Format("PNG", ("PNG",), read_png)
JPEG = Format("JPEG", ("JPEG",), read_jpeg)
WEBP = Format("WebP", ("WEBP",))
TIFF = Format("TIFF", ("TIFF",), read_tiff)
GIF = Format("GIF", ("GIF",), read_gif)
BMP = Format("BMP", ("BMP",), read_bmp)
AVIF = Format("AVIF", ("AVIF",), read_avif)
JPEG2000 = Format("JPEG 2000", ("JPEG2000",), read_jpeg2000)
HEIC = Format("HEIC", ("HEIF",), _read_heic)
NETPBM = Format("PPM", ("PPM",), read_netpbm)
OTHERS = Format("image", ("ICO", "PCX", "QOI", "SGI", "TGA"))

_TIFF_BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0")
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"BM", BMP),
    (b"\0\0\0\x0cjP  \r\n\x87\n", JPEG2000),
    (b"\xff\x4f\xff\x51", JPEG2000),
    *((b"P" + digit, NETPBM) for digit in (b"1", b"2", b"3", b"4", b"5", b"6", b"y")),
    *((beginning, TIFF) for beginning in _TIFF_BEGINNINGS),
)

_FLOATS = "holds floating-point (HDR) colours; expected 8 or 16 bits per channel"
HEIF_EXTRA = 'pip install "tf_nst[heif]"'
_HEIC = f"is HEIC, which needs pillow-heif: {HEIF_EXTRA}; expected that, or a JPEG exported from it"
_DRAWING = "is a vector drawing ({}); expected a PNG or JPEG that was exported from it"
_LAYERS = "is {}, which is not read here; expected a PNG, TIFF or JPEG that was exported from it"
_REFUSED = (
    (0, b"#?RADIANCE", _FLOATS),
    (0, b"#?RGBE", _FLOATS),
    (0, b"\x76\x2f\x31\x01", _FLOATS),
    (0, b"PF\n", _FLOATS),
    (0, b"Pf\n", _FLOATS),
    (0, b"8BPS", _LAYERS.format("PSD (Photoshop)")),
    (0, b"gimp xcf", _LAYERS.format("XCF (GIMP)")),
    (0, b"%PDF", _DRAWING.format("PDF")),
    (0, b"%!PS", _DRAWING.format("PostScript")),
    (0, b"\xc5\xd0\xd3\xc6", _DRAWING.format("EPS")),
    (0, b"\xd7\xcd\xc6\x9a", _DRAWING.format("WMF")),
    (0, b"\xff\x0a", _LAYERS.format("JPEG XL")),
    (0, b"\0\0\0\x0cJXL ", _LAYERS.format("JPEG XL")),
    (0, b"FUJIFILMCCD-RAW", RAW),
    (0, b"IIRO", RAW),
    (0, b"IIRS", RAW),
    (0, b"MMOR", RAW),
    (0, b"IIU\0", RAW),
    (0, b"FOVb", RAW),
    (0, b"\0MRM", RAW),
    (4, b"ftypcrx ", RAW),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2")


def format_of(head: bytes) -> Format:
    """The format of a file that begins with `head`, of HEAD_BYTES or all.

    Raises:
      UnusableError: a format that is not read; its text goes on from the file's name.
    """
    for beginning, known in _BEGINNINGS:
        if head.startswith(beginning):
            return known
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    for place, beginning, line in _REFUSED:
        if head[place:].startswith(beginning):
            raise UnusableError(line)
    if head[4:8] == b"ftyp":
        return _format_of_brands(head)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")):
        raise UnusableError(_DRAWING.format("SVG"))
    return OTHERS


def _format_of_brands(head: bytes) -> Format:
    """By the brands of a ftyp box, the major one and as many others as there are in `head`."""
    brands = {head[place : place + 4] for place in (8, *range(16, len(head) - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return AVIF
    if brands & set(_HEIF_BRANDS):
        return HEIC
    raise UnusableError(f"is a video or of an unknown kind; {EXPECTED}")
