"""Peak memory of reading and writing large pictures, in multiples of the picture's own bytes."""

import tempfile

import numpy as np
from benchmarks.peak import peak_bytes

SCAN, SIDE = (15000, 20000), 8192
READS = [("png", *SCAN, 8), ("tif", *SCAN, 8), ("png", SIDE, SIDE, 16), ("tif", SIDE, SIDE, 16)]
WRITES = [(kind, depth) for depth in (8, 16) for kind in ("png", "tif")]
LONG_SIDE = 4096


def print_table(child):
    """A row for each file read and shrunk, each picture written, and each array made a picture."""
    print("| what | picture | peak, times the picture |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for kind, height, width, depth in READS:
            path = f"{folder}/picture.{kind}"
            child("written", path, height, width, depth)
            row(f"read {kind}, shrink to {LONG_SIDE}", width, height, depth, child("read", path))
        for kind, depth in WRITES:
            multiples = child("written", f"{folder}/picture.{kind}", SIDE, SIDE, depth)
            row(f"write {kind}", SIDE, SIDE, depth, multiples)
    for depth in (8, 16):
        row("from float32", SIDE, SIDE, depth, child("quantised", SIDE, depth))


def row(what, width, height, depth, times):
    """One line of the table."""
    print(f"| {what} | {width} x {height}, {depth} bits | {times:.2f} |", flush=True)


def measure_read(path):
    """Reading a file and shrinking it."""
    import tensorflow  # noqa: F401 - its own memory is not the picture's

    from tf_nst.io.images import read_image
    from tf_nst.io.resizing import fit_size, resize_image

    before = peak_bytes()
    image = read_image(path)
    picture_bytes = image.pixels.nbytes
    resize_image(image, *fit_size(*image.size, LONG_SIDE))
    return (peak_bytes() - before) / picture_bytes


def measure_written(path, height, width, depth):
    """Writing a seeded picture, which counts; at compression's worst."""
    import tensorflow  # noqa: F401 - its own memory is not the picture's

    from tf_nst.io.images import Image

    before = peak_bytes()
    pixels = np.random.default_rng(0).integers(0, 1 << depth, (height, width, 3), f"u{depth // 8}")
    Image(pixels).save(path)
    return (peak_bytes() - before) / pixels.nbytes


def measure_quantised(side, depth):
    """Making a picture of a float32 array, which does not count."""
    from tf_nst.io.images import Image

    array = np.random.default_rng(0).random((side, side, 3), np.float32)
    before = peak_bytes()
    image = Image.from_float(array, depth)
    return (peak_bytes() - before) / image.pixels.nbytes


MEASUREMENTS = {
    "read": measure_read,
    "written": measure_written,
    "quantised": measure_quantised,
}
