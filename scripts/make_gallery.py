"""Builds docs/gallery.md, the pictures of docs/ that commands painted, each with its command:
python scripts/make_gallery.py"""

import shlex
from collections.abc import Iterator
from pathlib import Path

from make_controls import CONTROLS, SUBJECTS, command_of

from tf_nst.config.presets import PRESETS, preset_flags, preset_title

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "gallery.md"
# The long side of the pictures that make_controls.py paints.
SIZE = 384
EXAMPLE = "tf-nst --flagfile=configs/monet.cfg"
PAIR = "examples/louvre_court.jpg examples/water_garden.jpg"
# Pixels of the long side of a preset's picture, where the preset does not set its size.
THUMBNAIL = 192
SHEET = (
    "tf-nst sheet examples/louvre_court.jpg --styles=examples/water_garden.jpg "
    "--vary=style_weight=30,270 --vary=style_size=0.5x,1x,2x"
)
FILM = "python scripts/make_video.py"
STATISTICS = "python scripts/make_statistics.py"
INTRODUCTION = """\
# Gallery

Every picture is shown with the command that painted it, run from the root of a checkout. The
photograph, the painting and the mosaic that the commands name:

![The court, a photograph, beside the water garden, a painting](images/pair.jpg)
![A mosaic of warm tiles](control/mosaic.jpg)

This page is written by `python scripts/make_gallery.py`; the pictures of
[Styles, masks and colours](#styles-masks-and-colours) and the masks are made by
`python scripts/make_controls.py`.
"""


def gallery_page() -> str:
    """The whole page, in Markdown."""
    sections = [
        INTRODUCTION,
        "## The example\n",
        *_picture("The court in the manner of the garden", "images/example.jpg", EXAMPLE),
        "## Presets\n",
        *_presets(),
        "## Styles, masks and colours\n",
        *_controls(),
        "## Statistics\n",
        *_picture("The example pair by each statistic", "statistics.jpg", STATISTICS),
        "## A film\n",
        *_picture("A pan over the court, a loop of 24 frames", "video/pan.webp", FILM),
        "## A sheet\n",
        *_picture("Two weights and three sizes of one style", "images/sheet.jpg", SHEET),
    ]
    return "\n".join(sections)


def _picture(caption: str, path: str, command: str) -> Iterator[str]:
    """A picture of docs/ and its command; nothing where the picture is missing."""
    if (DOCS / path).is_file():
        yield f"![{caption}]({path})\n\n```sh\n{command}\n```\n"


def _presets() -> Iterator[str]:
    for name in PRESETS:
        title = preset_title(name).removesuffix(".")
        command = f"tf-nst --preset={name}"
        if "content" not in preset_flags(name):
            command = f"tf-nst {PAIR} --preset={name} --size={THUMBNAIL}"
        yield from _picture(title, f"images/preset_{name}.jpg", command)


def _controls() -> Iterator[str]:
    for control, (caption, _) in CONTROLS.items():
        pictures = [
            picture
            for subject in SUBJECTS
            for picture in _picture(
                f"{caption}: {subject}",
                f"control/{subject}_{control}.jpg",
                shlex.join(["tf-nst", *command_of(subject, control, SIZE)]),
            )
        ]
        if pictures:
            yield from (f"### {caption}\n", *pictures)


if __name__ == "__main__":
    PAGE.write_text(gallery_page(), encoding="utf-8")
