"""The page that shows trials, and the same trials as pictures for those who see only pictures."""

import base64
import json
from pathlib import Path

from comparison.trials import MEDIA_TYPES
from PIL import Image

from tf_nst.io.writing import write_atomically

TEMPLATE = Path(__file__).with_name("page.html")
DATA = "{{data}}"
GAP = 16


def page_data(trials, originals, *, seed, times):
    """What the page shows, as JSON holds it: no file's or folder's name, each picture once.

    `originals` is {name of a picture: paths of its photograph and painting}, for those that have
    them. Pictures are in the order in which they are first seen.
    """
    places = {}

    def place(path):
        return places.setdefault(path, len(places))

    shown = [
        {
            "key": trial.key,
            "left": place(trial.left),
            "right": place(trial.right),
            "originals": [place(Path(path)) for path in originals.get(trial.name, ())],
        }
        for trial in trials
    ]
    return {"seed": seed, "times": times, "trials": shown, "pictures": list(map(_uri, places))}


def _uri(path):
    code = base64.b64encode(path.read_bytes()).decode()
    return f"data:{MEDIA_TYPES[path.suffix.lower()]};base64,{code}"


def write_page(path, data):
    """Writes one file that needs no other: `page_data` in the template."""
    text = json.dumps(data).replace("<", "\\u003c")
    page = TEMPLATE.read_text(encoding="utf-8").replace(DATA, text)
    write_atomically(path, page.encode())


def write_sheets(folder, trials, *, seed, times):
    """Writes KEY.png for each trial, left and right side by side, and choices.json to fill in."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for trial in trials:
        sheet = side_by_side(trial.left, trial.right)
        write_atomically(
            folder / f"{trial.key}.png", lambda file, sheet=sheet: sheet.save(file, "PNG")
        )
    choices = [{"key": trial.key, "choice": None} for trial in trials]
    record = {"seed": seed, "times": times, "choices": choices}
    write_atomically(folder / "choices.json", (json.dumps(record, indent=1) + "\n").encode())


def side_by_side(left, right):
    """Both pictures in one, GAP white pixels between them."""
    images = []
    for path in (left, right):
        with Image.open(path) as image:
            images.append(image.convert("RGB"))
    width = images[0].width + GAP + images[1].width
    sheet = Image.new("RGB", (width, max(image.height for image in images)), "white")
    sheet.paste(images[0], (0, 0))
    sheet.paste(images[1], (images[0].width + GAP, 0))
    return sheet
