"""Files written whole or not at all, and pixels in the format that a name asks for."""

import os
import stat
import tempfile
from pathlib import Path

from tf_nst.config.encoding import Quality
from tf_nst.errors import RunError, UserError
from tf_nst.io import encoding, profiles
from tf_nst.io.depth import Codes, to_depth
from tf_nst.io.icc import ProfileError
from tf_nst.io.replacing import Check, Data, discard, publish, stage, target_of

# By path, the first of them the one that the others belong to.
Files = dict[str | os.PathLike[str], Data | None]


def check_output(path: str | os.PathLike[str], flag: str = "--output") -> None:
    """Refuse, before a long run, a path that a picture could not be written to.

    Nothing is left behind: the folder is tried with a temporary file.

    Raises:
        UserError: unknown extension, a folder missing or not writable, or as `check_replaceable`.
    """
    check_replaceable(path, flag)
    path = Path(path)
    encoding.output_format(path, flag)
    if not path.parent.exists():
        raise UserError(
            f"{flag}: the folder {path.parent} does not exist; expected an existing folder, "
            f"received {path}"
        )
    if not path.parent.is_dir():
        raise UserError(f"{flag}: {path.parent} is a file; expected a folder, received {path}")
    for folder in {path.parent, target_of(path).parent}:
        check_writable(folder, flag)


def check_replaceable(path: str | os.PathLike[str], flag: str = "--output") -> None:
    """Refuse what no run may replace, or no file can be called.

    Raises:
        UserError: a folder, a pipe or a device, a file without permission to write, a link that
            leads nowhere, a name that is too long or ends in a slash.
    """
    if os.fspath(path).endswith(("/", os.sep)):
        raise UserError(f"{flag}: expected the name of a file, received {path}, a folder's")
    path = Path(path)
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise UserError(
            f"{flag}: {path} cannot be written ({error.strerror}); expected another name"
        ) from error
    if stat.S_ISDIR(mode):
        raise UserError(f"{flag}: {path} is a folder; expected another name")
    if not stat.S_ISREG(mode):
        raise UserError(f"{flag}: {path} is not an ordinary file; expected another name")
    if not os.access(path, os.W_OK):
        raise UserError(f"{flag}: {path} is write-protected; expected another name")


def check_writable(folder: str | os.PathLike[str], flag: str = "--output") -> None:
    """Tries an existing folder with a temporary file.

    Raises:
      UserError: the folder cannot be written to.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=os.fspath(folder), prefix=".tf_nst-"):
            pass
    except OSError as error:
        raise UserError(
            f"{flag}: the folder {folder} cannot be written to ({error.strerror}); "
            f"expected a writable folder"
        ) from error


def check_size(
    path: str | os.PathLike[str], height: int, width: int, flag: str = "--output"
) -> None:
    """Refuse a picture larger than the format of `path` can hold.

    Raises:
        UserError: a side over 65500 pixels for JPEG, 16383 for WebP, 32768 for AVIF, a million for
            PNG; an unknown extension.
    """
    limit = encoding.output_format(path, flag).longest_side
    if limit is not None and max(height, width) > limit:
        raise UserError(
            f"{flag}: {path} cannot hold {width}×{height} pixels; expected at most {limit} a side "
            "in this format (TIFF holds more, PNG a million)"
        )


def encode_pixels(
    path: str | os.PathLike[str],
    pixels: Codes,
    alpha: Codes | None = None,
    input_profile: bytes | None = None,
    profile: str = "srgb",
    exif: bytes = b"",
    quality: int | str | None = None,
) -> encoding.Encoded:
    """What writes a file in the format of the extension of `path`, with a profile in it.

    Args:
        path: of the file; it is not opened here.
        pixels: [H,W,3] uint8 or uint16 in sRGB.
        alpha: [H,W] of the same dtype, or None.
        input_profile: the ICC profile that `profile="input"` stands for, or None.
        profile: "srgb", or "input" for the colours of `input_profile` where there is one.
        exif: what the file says of its making, as `read_exif` returns it.
        quality: 1 to 100, or "lossless"; None: 95.

    Returns:
        A callable on an open binary file, and plain lines about what the format cannot keep.

    Raises:
        UserError: unknown extension or `profile`, a size that the format cannot hold, or a quality
            that it has not.
    """
    if profile not in ("srgb", "input"):
        raise UserError(f"--output_profile: expected srgb or input, received {profile}")
    path = Path(path)
    check_size(path, *pixels.shape[:2])
    if quality is not None:
        encoding.check_quality(path, Quality().convert(quality, "--quality"))
    icc, notes = profiles.srgb_profile(), tuple[str, ...]()
    if profile == "input" and input_profile:
        pixels, icc, notes = _in_profile(pixels, input_profile)
        alpha = None if alpha is None else to_depth(alpha, pixels.itemsize * 8)
    content = encoding.Content(pixels, alpha, icc, exif)
    write, more = encoding.output_format(path).encode(content, quality)
    return write, tuple(f"{path}: {line}" for line in (*notes, *more))


def write_atomically(path: str | os.PathLike[str], data: Data, check: Check = lambda: None) -> None:
    """Write bytes, or what a callable writes to the open file, whole or not at all.

    Raises:
        RunError: an OSError, such as a full disk; or what `check` raises.
    """
    write_together({path: data}, check)


def write_together(files: Files, check: Check = lambda: None) -> None:
    """Write several files that belong together, all or none of them where the disk is full.

    Temporary files in the same folders are flushed to the disk, and only when all are whole do
    they take the names, the first one's first (`publish`); on any failure they are removed. A
    file that is replaced leaves its permissions; a symbolic link stays, its target is replaced. A
    file of None is removed, if it is there. `check` is called just before.

    Raises:
        RunError: an OSError, such as a full disk; or what `check` raises.
    """
    staged = []
    path = next(iter(files))
    try:
        for path, data in files.items():
            if data is not None:
                staged.append(stage(path, data))
        path = next(iter(files))
        publish(staged, [target_of(path) for path, data in files.items() if data is None], check)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        for temporary, _ in staged:
            discard(temporary)


def _in_profile(pixels: Codes, profile: bytes) -> tuple[Codes, bytes, tuple[str, ...]]:
    """The pixels in `profile`, and that profile; in sRGB, with a note, if it is unusable."""
    try:
        if profiles.is_srgb(profile):
            return pixels, profile, ()
        converted = profiles.pixels_from_srgb(pixels, profile)
    except ProfileError as error:
        note = f"the input's profile {error}: the output stays sRGB"
        return pixels, profiles.srgb_profile(), (note,)
    lost = converted.itemsize < pixels.itemsize
    notes = ("the input's profile holds look-up tables only: the 16 bits became 8",) if lost else ()
    return converted, profile, notes
