"""The export command: flags, what it says, and what it writes."""

import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from command_line import SHORT, counted, snapshot
from PIL import Image as Pillow

import tf_nst
from tf_nst.cli import export as command
from tf_nst.cli.export import EXPORT_FLAGS
from tf_nst.cli.help import help_text
from tf_nst.config.paths import weighted_paths
from tf_nst.serving.options import EXPORT_OPTIONS

SMALL = ("--size=32", "--steps=1", "--optimizer=adam", *SHORT)


@pytest.fixture
def export_here(folder, capfd):
    """Runs the command in the folder of photo.png and painting.png: *flags -> code, out, err."""

    def run(*flags: str):
        capfd.readouterr()
        code = command.main(["tf-nst-export", *flags])
        return code, *capfd.readouterr()

    return run


def test_an_export_of_two_styles_by_a_flag_file(export_here, folder):
    (folder / "my.cfg").write_text("# mine\n--style=painting.png:3,photo.png:1\n--size=99\n")
    code, out, err = export_here("--flagfile=my.cfg", "--output=models/x", *SMALL)
    assert (code, err) == (0, "")
    assert re.search(r"^exported models/x/1 \(\d+\.\d MB\)$", out, re.MULTILINE)
    serve = tf.saved_model.load("models/x/1").signatures["serving_default"]
    data = tf.io.encode_png(counted(24, 32))
    answer = serve(content_bytes=data[None])
    assert tf.io.decode_png(answer["image_bytes"][0]).shape == (24, 32, 3)
    assert np.isfinite(answer["losses"]).all()


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        ((), "--style: expected a path, received nothing"),
        (("--style=missing.png",), "--style: missing.png does not exist; expected an image file"),
        (("--style=painting.png,",), "--style: expected PATH:WEIGHT"),
        (("--style=painting.png:0",), "--style: expected PATH:WEIGHT with a weight above 0"),
        (("--style=painting.png", "--output="), "--output: expected a path, received nothing"),
        (("--style=painting.png", "--output=photo.png"), "--output: photo.png is a file"),
        (("--style=painting.png", "--init=noise"), "--init: expected one of matched, content"),
        (("--style=painting.png", "--steps=5001"), "--steps: expected one number from 1 to 5000"),
        (("--style=painting.png", "--precision=auto"), "--precision: expected one of float32"),
        (
            ("--style=painting.png", "--max_megapixels=-1"),
            "--max_megapixels: expected a number above 0, up to",
        ),
        (("--style=painting.png", "--size=8"), "--size: expected at least 16 pixels"),
        (("surplus",), "--style: surplus does not exist"),
    ],
)
def test_bad_flags_are_one_line_and_touch_nothing(export_here, folder, flags, line):
    before = snapshot(folder)
    code, _, err = export_here(*flags)
    assert code == 2
    assert err.startswith("tf_nst: ") and line in err
    assert err.count("\n") == 1
    assert snapshot(folder) == before


def test_the_flag_file_of_the_docs_is_taken(export_here):
    """All its flags are good: what is refused is the style that overrides its own."""
    config = Path(tf_nst.__file__).parents[1] / "configs" / "serve.cfg"
    code, _, err = export_here(f"--flagfile={config}", "--style=missing.png")
    assert (code, "--style: missing.png does not exist" in err) == (2, True)


def test_help_lists_every_flag_and_every_option_has_one():
    text = help_text(EXPORT_FLAGS, command.USAGE)
    names = [flag.name for flag in EXPORT_FLAGS]
    assert set(EXPORT_OPTIONS) <= set(names)
    assert len(set(names)) == len(names)
    for name in names:
        assert f"\n  --{name}" in text


def test_paths_with_commas_and_colons_are_taken_as_they_are(folder):
    for name in ("a,b.png", "c:2", "d.png"):
        Pillow.fromarray(counted(4, 4)).save(folder / name, "PNG")
    assert weighted_paths("a,b.png", "--style") == [("a,b.png", 1.0)]
    assert weighted_paths("c:2,d.png:0.5", "--style") == [("c:2", 1.0), ("d.png", 0.5)]
    assert weighted_paths("c:2:3,C:e.png", "--style") == [("c:2", 3.0), ("C:e.png", 1.0)]
