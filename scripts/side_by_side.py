"""Joins pictures at one height: python scripts/side_by_side.py A.jpg B.jpg C.png --output=D.jpg"""

from absl import app, flags
from PIL import Image

OUTPUT = flags.DEFINE_string("output", "side_by_side.jpg", "the joined picture")
HEIGHT = flags.DEFINE_integer("height", 480, "its height in pixels")
GAP = flags.DEFINE_integer("gap", 8, "white pixels between two pictures")


def main(argv):
    """Reads the pictures, brings them to one height and writes them in a row."""
    pictures = [at_height(Image.open(path).convert("RGB"), HEIGHT.value) for path in argv[1:]]
    width = sum(picture.width for picture in pictures) + GAP.value * (len(pictures) - 1)
    row, left = Image.new("RGB", (width, HEIGHT.value), "white"), 0
    for picture in pictures:
        row.paste(picture, (left, 0))
        left += picture.width + GAP.value
    row.save(OUTPUT.value, quality=90)


def at_height(picture, height):
    """The picture at another height, its aspect ratio kept."""
    width = round(picture.width * height / picture.height)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    app.run(main)
