"""Pictures an hour: a loop of commands, `tf-nst batch`, and the same by Apache Beam."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
_BEAM = (
    "--runner=FnApiRunner",
    "--runner_options=--direct_num_workers=2 --direct_running_mode=multi_processing",
)
# Flags besides the folders; None: a command for each picture.
HOWS = {
    "a loop of `tf-nst`": None,
    "`tf-nst batch`": (),
    "`tf-nst batch --processes=1`": ("--processes=1",),
    "by Beam's FnApiRunner, two processes": _BEAM,
}
# The sides of the photographs are these shares of the one that they are cut from.
_SHARE = 0.8


def print_table(child, pictures, size, steps, count):
    """A row for each way, over the loop's; a loop takes as long for each of its pictures."""
    print(
        "| how | pictures | seconds | pictures an hour | over the loop | largest process, GB |\n"
        "|---|---|---|---|---|---|"
    )
    rates = {}
    for how, flags in HOWS.items():
        total = count if flags is not None else max(2, count // 4)
        seconds, peak = child("batch", *pictures, how, size, steps, total)
        rates[how] = 3600 * total / seconds
        over = rates[how] / next(iter(rates.values()))
        print(
            f"| {how} | {total} | {seconds:.0f} | {rates[how]:.0f} | {over:.2f} | {peak:.2f} |",
            flush=True,
        )


def measure(content, style, how, size, steps, count):
    """[seconds, GB that the largest process had at its peak] of so many pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = cut_photos(Path(content), folder / "photos", count)
        began = time.perf_counter()
        for command in _commands(photos, Path(style), folder / "out", HOWS[how]):
            flags = [f"--size={size}", f"--steps={steps}"]
            subprocess.run([*command, *flags], capture_output=True, check=True)
        seconds = time.perf_counter() - began
        painted = len(list(folder.glob("out/**/*.png")))
    if painted != count:
        raise RuntimeError(f"expected {count} pictures, {painted} were painted")
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9


def cut_photos(content, folder, count):
    """So many parts of a photograph, each as large as the others, as files."""
    folder.mkdir()
    paths = [folder / f"{number:04}.png" for number in range(count)]
    with Image.open(content) as picture:
        width, height = (round(_SHARE * side) for side in picture.size)
        left, top = picture.width - width, picture.height - height
        for number, path in enumerate(paths):
            x, y = left * number // max(1, count - 1), top * (number % 7) // 6
            picture.crop((x, y, x + width, y + height)).save(path)
    return paths


def _commands(photos, style, out, flags):
    tf_nst = [sys.executable, "-c", "from tf_nst.cli.main import console; console()"]
    if flags is not None:
        return [[*tf_nst, "batch", photos[0].parent, style, out, *flags]]
    out.mkdir()
    return [
        [*tf_nst, f"--content={photo}", f"--style={style}", f"--output={out / photo.name}"]
        for photo in photos
    ]


MEASUREMENTS = {"batch": measure}
