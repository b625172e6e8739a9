"""Pipes, and what else is no file that can be sought in."""

import hashlib
import io
import os
import threading

import numpy as np
import pytest
import tifffile
from picture_files import COLOURS, DEEP, write_png16
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io import source_file
from tf_nst.io.images import read_image


def files(tmp_path) -> dict[str, bytes]:
    for kind in ("PNG", "TIFF", "BMP", "TGA"):
        Pillow.fromarray(COLOURS).save(tmp_path / f"{kind}", kind)
    write_png16(tmp_path / "deep PNG", DEEP)
    tifffile.imwrite(tmp_path / "deep TIFF", DEEP, photometric="rgb")
    (tmp_path / "deep PPM").write_bytes(b"P6 3 2 65535\n" + DEEP.astype(">u2").tobytes())
    return {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def read_through_a_pipe(tmp_path, data: bytes):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(data,))
    writer.start()
    try:
        return read_image(path)
    finally:
        writer.join()
        path.unlink()


def test_a_pipe_is_read_as_the_file(tmp_path):
    for name, data in files(tmp_path).items():
        image, expected = read_through_a_pipe(tmp_path, data), read_image(tmp_path / name)
        np.testing.assert_array_equal(image.pixels, expected.pixels, err_msg=name)
        assert image.sha256 == hashlib.sha256(data).hexdigest()


def test_standard_input_is_read(tmp_path):
    """By its descriptor, as /dev/stdin is."""
    reader, writer = os.pipe()
    buffer = io.BytesIO()
    Pillow.fromarray(COLOURS).save(buffer, "PNG")
    os.write(writer, buffer.getvalue())
    os.close(writer)
    try:
        np.testing.assert_array_equal(read_image(f"/dev/fd/{reader}").pixels, COLOURS)
    finally:
        os.close(reader)


@pytest.mark.parametrize(
    ("data", "line"), [(b"", "is empty"), (b"%PDF-1.7", "PDF"), (b"hello, I am text" * 9, "read")]
)
def test_a_pipe_of_no_picture_is_refused(tmp_path, data, line):
    with pytest.raises(UserError, match=rf"^--content: .*pipe.*{line}"):
        read_through_a_pipe(tmp_path, data)


def test_an_endless_device_is_refused(monkeypatch):
    monkeypatch.setattr(source_file, "MOST_UNKNOWN_BYTES", 1 << 21)
    with pytest.raises(UserError, match=r"^--content: /dev/zero contains more than 2 MB; expected"):
        read_image("/dev/zero")
