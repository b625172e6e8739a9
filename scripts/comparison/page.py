"""The page that shows trials, and the same trials as pictures for those who see only pictures."""

import base64
import io
import json
from pathlib import Path

from PIL import Image

from tf_nst.errors import UserError
from tf_nst.io.images import read_image
from tf_nst.io.writing import write_atomically

TEMPLATE = Path(__file__).with_name("page.html")
DATA = "{{data}}"
GAP = 16
CHOICES = "choices.json"


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
    """Its pixels as a PNG: a file's format and what is written in it may say whose it is."""
    buffer = io.BytesIO()
    _read(path).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _read(path):
    return read_image(path, "pictures").to_pillow().convert("RGB")


def write_page(path, data):
    """Writes one file that needs no other: `page_data` in the template."""
    text = json.dumps(data).replace("<", "\\u003c")
    page = TEMPLATE.read_text(encoding="utf-8").replace(DATA, text)
    write_atomically(path, page.encode())


def make_folder(folder):
    """Makes a folder for sheets.

    Raises:
      UserError: it has choices already, or cannot be made.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"--sheets: expected a folder, received {folder} ({error.strerror})"
        ) from error
    if (Path(folder) / CHOICES).exists():
        raise UserError(f"--sheets: expected a folder without {CHOICES}, received {folder}")


def write_sheets(folder, trials, *, seed, times):
    """Writes KEY.png for each trial, left and right side by side, and choices.json to fill in."""
    make_folder(folder)
    folder = Path(folder)
    for trial in trials:
        sheet = side_by_side(trial.left, trial.right)
        write_atomically(
            folder / f"{trial.key}.png", lambda file, sheet=sheet: sheet.save(file, "PNG")
        )
    choices = [{"key": trial.key, "choice": None} for trial in trials]
    record = {"seed": seed, "times": times, "choices": choices}
    write_atomically(folder / CHOICES, (json.dumps(record, indent=1) + "\n").encode())


def side_by_side(left, right):
    """Both pictures in one, GAP white pixels between them."""
    images = [_read(path) for path in (left, right)]
    width = images[0].width + GAP + images[1].width
    sheet = Image.new("RGB", (width, max(image.height for image in images)), "white")
    sheet.paste(images[0], (0, 0))
    sheet.paste(images[1], (images[0].width + GAP, 0))
    return sheet
