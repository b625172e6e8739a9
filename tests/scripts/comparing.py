"""Two folders of pictures to compare, and choices between them."""

import json
from pathlib import Path

from PIL import Image

HOW = {"seed": 4, "times": 2}
# The red of a picture is its place among the names; the green its folder's.
GREENS = {"brown": 10, "violet": 200}


def make_folders(parent: Path) -> list[str]:
    """Two folders of five pictures of the same names, and each a file that the other lacks."""
    for folder, green in GREENS.items():
        (parent / folder).mkdir()
        for index in range(5):
            image = Image.new("RGB", (40, 30), (index, green, 0))
            image.save(parent / folder / f"picture{index}.png")
        Image.new("RGB", (8, 8)).save(parent / folder / f"only_{folder}.png")
        (parent / folder / "flags.json").write_text("[]")
    return [str(parent / folder) for folder in GREENS]


def chosen(all_trials, choose) -> dict:
    """What the page saves where `choose` of each trial is the choice."""
    choices = [{"key": trial.key, "choice": choose(trial)} for trial in all_trials]
    return {**HOW, "choices": choices}


def write(path: Path, record) -> str:
    path.write_text(json.dumps(record))
    return str(path)
