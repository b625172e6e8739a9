"""Builds docs/control/: what --mask, --color, --style_strength and their kin do, each picture with
its command. python scripts/make_controls.py [--size=384] [NAME ...]"""

import argparse
import os
import shlex
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from tf_nst.cli.run import main

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs/control")
CONTENT, STYLE = "examples/louvre_court.jpg", "examples/water_garden.jpg"
TOP, BOTTOM, EDGE = (f"{FOLDER}/{name}.png" for name in ("top", "bottom", "edge"))
# The photograph itself is the second style: its own light, coarser.
PAIR = f"--style={STYLE},{CONTENT}"

PICTURES = {
    "plain": ("The style everywhere.", ()),
    "half_strength": ("Half way from the photograph's statistics.", ("--style_strength=0.5",)),
    "coarse": ("The style measured at half its size: finer strokes.", ("--style_size=0.5x",)),
    "blend": ("Two styles blended, the second twice as strong.", (f"{PAIR}:2",)),
    "two": ("Two styles, each where its mask is white.", (PAIR, f"--mask={TOP},{BOTTOM}")),
    "kept": ("The top stays the photograph.", (f"--keep={TOP}", "--feather=24")),
    "grey_mask": ("A mask that fades from white to black.", (f"--mask={EDGE}",)),
    "guided": (
        "The top from the top of the style, the rest from its rest.",
        (f"--labels={TOP},{FOLDER}/style_top.png",),
    ),
    "regions": ("Regions of the pictures' own, matched by likeness.", ("--mask=auto:3",)),
    "color_content": ("The style in the photograph's colours.", ("--color=content",)),
    "color_luminance": ("Only light and dark are painted.", ("--color=luminance",)),
    "color_histogram": ("The photograph's colours afterwards.", ("--color=histogram",)),
}


def write_masks() -> None:
    """A top and a bottom that meet in the middle of the photograph, a fade, the style's top."""
    with Pillow.open(CONTENT) as content, Pillow.open(STYLE) as style:
        (width, height), (style_width, style_height) = content.size, style.size
    rows = np.linspace(0, 1, height)[:, None]
    top = np.broadcast_to(rows < 0.5, (height, width))
    fade = np.broadcast_to(np.linspace(1, 0, width), (height, width))
    style_top = np.broadcast_to(
        np.linspace(0, 1, style_height)[:, None] < 0.4, (style_height, style_width)
    )
    planes = {TOP: top, BOTTOM: ~top, EDGE: fade, f"{FOLDER}/style_top.png": style_top}
    for path, plane in planes.items():
        Pillow.fromarray(np.uint8(255 * np.float32(plane))).save(path)


def command_of(name: str, size: int) -> list[str]:
    """The arguments that paint a picture of the gallery."""
    flags = PICTURES[name][1]
    style = () if any(flag.startswith("--style=") for flag in flags) else (f"--style={STYLE}",)
    output = f"--output={FOLDER}/{name}.jpg"
    return [f"--content={CONTENT}", *style, *flags, f"--size={size}", output]


def page(size: int) -> str:
    """docs/control/README.md."""
    parts = ["# What can be asked for\n\nWritten by `python scripts/make_controls.py`.\n"]
    for name, (caption, _) in PICTURES.items():
        command = shlex.join(["tf-nst", *command_of(name, size)])
        parts.append(f"## {caption}\n\n![{caption}]({name}.jpg)\n\n    {command}\n")
    return "\n".join(parts)


def build(names: list[str], size: int) -> int:
    """Paints pictures of the gallery and writes its page; returns the first exit code above 0."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_masks()
    (FOLDER / "README.md").write_text(page(size), encoding="utf-8")
    for name in names:
        if code := main(["tf-nst", *command_of(name, size), "--overwrite=true"]):
            return code
        for suffix in (".json", ".cfg"):
            (FOLDER / f"{name}{suffix}").unlink()
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    raise SystemExit(build(arguments.names or list(PICTURES), arguments.size))
