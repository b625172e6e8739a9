"""Builds docs/control/: what --mask, --color, --style_strength and related flags do to pictures.
python scripts/make_controls.py [--size=384] [NAME ...]; then python scripts/make_gallery.py."""

import argparse
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from tf_nst.cli.run import main

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs/control")
STEPS = 60
# Of the JPEGs on the page.
QUALITY = 88
COURT, GARDEN = "examples/louvre_court.jpg", "examples/water_garden.jpg"
MOSAIC = f"{FOLDER}/mosaic.jpg"
# A tile of the mosaic with its joints, in pixels; how many there are in a column and a row.
TILE, TILES = 16, (30, 40)


class Subject(NamedTuple):
    """What is painted, of which styles, and where: the names of masks in the gallery's folder."""

    content: str
    style: str
    second: str
    here: str
    there: str
    kept: str
    fade: str
    of_style: str


SUBJECTS = {
    "court": Subject(
        COURT, GARDEN, MOSAIC, "sky", "ground", "pyramid", "court_fade", of_style="water"
    ),
    "garden": Subject(
        GARDEN, MOSAIC, COURT, "water", "bank", "bridge", "garden_fade", of_style="mosaic_top"
    ),
}

# Corners in shares of the picture's width and height.
OUTLINES = {
    "sky": (
        COURT,
        "0,0 1,0 1,.35 .95,.35 .93,.38 .72,.42 .68,.39 .65,.34 .52,.34 .49,.37 .485,.41 .445,.355 "
        ".38,.44 .285,.43 .27,.37 .2,.38 .185,.41 .16,.36 .12,.36 .1,.4 0,.385",
    ),
    "pyramid": (COURT, ".175,.655 .445,.355 .575,.655"),
    "water": (GARDEN, "0,.2 .25,.13 .55,.13 .8,.2 .8,.36 1,.46 1,1 0,1"),
    "bridge": (GARDEN, ".25,.16 .27,.07 .34,.02 .43,.02 .52,.07 .56,.16"),
    "mosaic_top": (MOSAIC, "0,0 1,0 1,.5 0,.5"),
}
INVERTED = {"ground": "sky", "bank": "water"}
FADES = {"court_fade": COURT, "garden_fade": GARDEN}

CONTROLS = {
    "plain": ("The style everywhere", ""),
    "half_strength": (
        "Half way from the photograph's statistics to the style's",
        "--style_strength=0.5",
    ),
    "half_size": ("The style measured at half its size: smaller strokes", "--style_size=0.5x"),
    "blend": ("Two styles blended, the second twice as strong", "--style={style},{second}:2"),
    "folder": ("A folder of pictures as one style", "--style=examples"),
    "two": (
        "Two styles, each where its mask is white",
        "--style={style},{second} --mask={here},{there}",
    ),
    "kept": ("What stays the photograph, with a soft edge", "--keep={kept} --feather=8"),
    "faded": ("A mask that fades from white to black", "--mask={fade}"),
    "style_mask": ("Only a part of the style counts", "--style_mask={of_style}"),
    "labels": (
        "White takes from the style's white, black from its black",
        "--labels={here},{of_style}",
    ),
    "regions": ("Regions found in both pictures and matched by likeness", "--mask=auto:3"),
    "color_content": ("The style in the photograph's colours", "--color=content"),
    "color_luminance": ("Only lightness is painted", "--color=luminance"),
    "color_histogram": ("The photograph's colours afterwards", "--color=histogram"),
}


def write_mosaic() -> None:
    """A second style: tiles of warm colours, light above and dark below, in dark joints."""
    random = np.random.default_rng(7)
    height, width = (TILE * count for count in TILES)
    picture = Pillow.new("RGB", (width, height), (45, 22, 18))
    draw = ImageDraw.Draw(picture)
    for row, column in np.ndindex(TILES):
        dark = row / TILES[0] + random.normal(0, 0.12) > 0.5
        color = random.normal((165, 52, 30) if dark else (240, 190, 90), 22)
        left, top = np.array([column, row]) * TILE + random.integers(0, 2, 2)
        box = [int(left), int(top), int(left) + TILE - 4, int(top) + TILE - 4]
        draw.rectangle(box, fill=tuple(int(code) for code in np.clip(color, 0, 255)))
    picture.save(MOSAIC, quality=75)


def write_masks() -> None:
    """Outlines, what lies outside of some, and fades from left to right."""
    for name, (picture, corners) in OUTLINES.items():
        plane = Pillow.new("L", _size(picture))
        sides = np.array(plane.size)
        points = [sides * np.float64(corner.split(",")) for corner in corners.split()]
        ImageDraw.Draw(plane).polygon([tuple(point) for point in points], fill=255)
        _save(name, np.asarray(plane))
    for name, other in INVERTED.items():
        with Pillow.open(path_of(other)) as plane:
            _save(name, 255 - np.asarray(plane))
    for name, picture in FADES.items():
        width, height = _size(picture)
        _save(name, np.uint8(np.broadcast_to(np.linspace(255, 0, width), (height, width))))


def _size(path: str) -> tuple[int, int]:
    with Pillow.open(path) as picture:
        return picture.size


def _save(name: str, plane: np.ndarray) -> None:
    Pillow.fromarray(plane).save(path_of(name))


def path_of(mask: str) -> str:
    """Where a mask of the gallery lies."""
    return f"{FOLDER}/{mask}.png"


def command_of(subject: str, control: str, size: int) -> list[str]:
    """The arguments that paint a picture of the gallery."""
    content, style, second, *masks = SUBJECTS[subject]
    paths = dict(zip(Subject._fields[3:], map(path_of, masks), strict=True))
    flags = CONTROLS[control][1].format(style=style, second=second, **paths).split()
    named = any(flag.startswith("--style=") for flag in flags)
    output = f"--output={FOLDER}/{subject}_{control}.jpg"
    given = [f"--content={content}", *([] if named else [f"--style={style}"]), *flags]
    return [*given, f"--size={size}", f"--steps={STEPS}", output]


def build(names: list[str], size: int) -> int:
    """Paints pictures of the gallery, such as court_two. Returns the first exit code above 0."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_mosaic()
    write_masks()
    for name in names:
        subject, _, control = name.partition("_")
        if code := main(["tf-nst", *command_of(subject, control, size), "--overwrite=true"]):
            return code
        for suffix in (".json", ".cfg"):
            (FOLDER / f"{name}{suffix}").unlink()
        _make_smaller(FOLDER / f"{name}.jpg")
    return 0


def _make_smaller(path: Path) -> None:
    """The command writes JPEGs of quality 95, which are twice as large as a page needs."""
    with Pillow.open(path) as picture:
        picture.save(path, quality=QUALITY, optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    every = [f"{subject}_{control}" for control in CONTROLS for subject in SUBJECTS]
    raise SystemExit(build(arguments.names or every, arguments.size))
