"""What settings paint, in numbers: each of some pairs by each setting, and a sheet of them all."""

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks import feature_measures, measures
from benchmarks.painted import (
    PAINTING,
    PHOTOGRAPH,
    check_folder,
    paint,
    parse_pairs,
    parse_settings,
    read_json,
)
from benchmarks.quality_tables import draw_sheet, print_results

from tf_nst.errors import UserError

SHEET = "contact_sheet.png"
LEAST_SIDE = 64


class Features(NamedTuple):
    """A picture [h, w, 3] float32 in 0..1, and its features {layer: [n, C]}."""

    pixels: np.ndarray
    features: dict[str, np.ndarray]


def print_tables(child, pairs, settings, size, folder):
    """Paints what the folder lacks, measures all of it, prints the tables and draws the sheet."""
    if not folder:
        raise UserError("--pictures: expected a folder, received nothing")
    pairs, settings, folder = parse_pairs(pairs), parse_settings(settings), Path(folder)
    for pair in pairs:
        _check_originals(pair, size)
    for setting in settings:
        check_folder(folder, setting, pairs, size)
    results, rows = {}, {}
    for pair in pairs:
        painted = {setting.name: paint(folder, setting, pair, size) for setting in settings}
        results[pair.name] = child("quality", *pair, painted)
        rows[pair.name] = {PHOTOGRAPH: pair.content, PAINTING: pair.style, **painted}
    print_results(results)
    draw_sheet(folder / SHEET, rows)
    print(f"\nAll pictures: {folder / SHEET}")


def _check_originals(pair, size):
    """Refuses what would be painted, or measured, too small."""
    from tf_nst.io.images import read_image
    from tf_nst.io.resizing import fit_size

    style = read_image(pair.style, "--pairs").size
    for path, sides, long_side in (
        (pair.content, read_image(pair.content, "--pairs").size, size),
        (pair.style, style, min(size, max(style))),
    ):
        height, width = fit_size(*sides, long_side)
        if min(height, width) < LEAST_SIDE:
            raise UserError(
                f"--pairs: expected pictures of at least {LEAST_SIDE} pixels a side, received "
                f"{path}, which is {width}×{height} at --size={size}"
            )


def measure_quality(content, style, painted):
    """{name: {measure: number}} of the photograph, the painting and pictures {setting: path}.

    The originals are measured at the size of the first picture: the photograph at its sides, the
    painting at its long side, but never enlarged. A measure that has no meaning is left out.
    """
    from tf_nst.io.images import read_image

    originals = read_image(content), read_image(style, "--style")
    pictures = {name: read_image(path, f"--setting={name}") for name, path in painted.items()}
    for name, picture in pictures.items():
        _check_sides(name, *picture.size)
    see = _seer()

    @functools.cache
    def sized(height, width):
        return tuple(map(see, _at_size(*originals, height, width)))

    photograph, painting = sized(*next(iter(pictures.values())).size)
    results = {
        PHOTOGRAPH: measure(photograph, photograph, painting),
        PAINTING: of_style(painting, painting) | {"grain": 1.0} | alone(painting),
    }
    for name, picture in pictures.items():
        results[name] = measure(see(picture), *sized(*picture.size)) | recorded(painted[name])
    return results


def _check_sides(name, height, width):
    if min(height, width) < LEAST_SIDE:
        raise UserError(
            f"--setting={name}: expected pictures of at least {LEAST_SIDE} pixels a side, "
            f"received {width}×{height}"
        )


def _seer():
    """From an Image to Features, by the network in the box."""
    extract = feature_measures.build()

    def see(image):
        pixels = image.to_float()
        return Features(pixels, extract(pixels))

    return see


def _at_size(content, style, height, width):
    """The photograph at these sides; the style as the command sizes it for such a picture."""
    from tf_nst.io.resizing import fit_size, resize_image

    style_side = min(max(height, width), max(style.size))
    return (
        resize_image(content, height, width),
        resize_image(style, *fit_size(*style.size, style_side)),
    )


def measure(picture, photograph, painting):
    """All measures of a picture that its pixels and features give."""
    return {
        **of_style(picture, painting),
        "edges": measures.edge_correlation(picture.pixels, photograph.pixels),
        "self-similarity": feature_measures.content_difference(
            picture.features, photograph.features
        ),
        "grain": measures.grain(picture.pixels, photograph.pixels, painting.pixels),
        "frame colour": measures.frame_color(picture.pixels, photograph.pixels),
        **alone(picture),
    }


def of_style(picture, painting):
    """The measures that compare with the painting."""
    distances = feature_measures.style_distances(picture.features, painting.features)
    colors = measures.color_distance(picture.pixels, painting.pixels)
    return {"style": float(np.mean(list(distances.values()))), **distances, "colour": colors}


def alone(picture):
    """The measures that compare with nothing."""
    return {
        "specks": measures.specks(picture.pixels),
        "weave": measures.weave(picture.pixels),
        "frame detail": measures.frame_detail(picture.pixels),
    }


def recorded(picture):
    """Seconds and steps of the record beside a picture; nothing without one."""
    record = read_json(Path(picture).with_suffix(".json"))
    if not isinstance(record, dict):
        return {}
    numbers = {"seconds": record.get("seconds"), "steps": record.get("steps_made")}
    return {name: number for name, number in numbers.items() if isinstance(number, int | float)}


MEASUREMENTS = {"quality": measure_quality}
