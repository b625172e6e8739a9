"""--style of several, --mask and their kin in the command: records, flag files, --resume."""

import json
import os
import signal

import numpy as np
import pytest
from command_line import FILES, SHORT, assert_fine, assert_one_line, counted, pixels, settings
from PIL import Image as Pillow

COMMAND = (*SHORT, "--content=photo.png", "--size=64", "--steps=2", "--scales=1")
MASK = np.zeros((24, 32), np.uint8)
MASK[:, :16] = 255


@pytest.fixture
def odd(folder):
    """Styles whose names have commas and colons, and a mask for each."""
    Pillow.fromarray(counted(40, 40)).save(folder / "a, b:2.png")
    Pillow.fromarray(MASK).save(folder / "m,1.png")
    Pillow.fromarray(255 - MASK).save(folder / "m:2.png")
    return (
        r"--style=painting.png:0.5,a\, b\:2.png:2",
        r"--mask=m\,1.png,m\:2.png",
        "--style_size=40,0.5x",
        "--keep=m:2.png",
        "--feather=4",
        "--color=histogram",
        "--style_strength=0.75",
    )


def test_a_flag_file_paints_the_same_again_elsewhere(folder, run_here, odd, monkeypatch):
    assert_fine(run_here(*COMMAND, *odd, "--output=out.png"))
    flags = settings(folder / "out.cfg")
    assert flags["style"] == r"./painting.png:0.5,./a\, b\:2.png:2.0"
    assert (flags["mask"], flags["keep"]) == (r"./m\,1.png,./m\:2.png", r"./m\:2.png")
    assert (flags["style_size"], flags["feather"]) == ("40,20", "4.0")
    record = json.loads((folder / "out.json").read_text())
    assert [it["name"] for it in record["inputs"]["style"]] == ["painting.png", "a, b:2.png"]
    assert record["sizes"]["style_measured"] == [[40, 40], [20, 20]]
    kept, painted = record["masks"][1], record["masks"][0]
    assert (painted["name"], kept["name"]) == ("m,1.png", "m:2.png")
    assert 0.3 < painted["moved"] <= painted["share"] < 0.5 and kept["moved"] < 0.02
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    ran = run_here("--flagfile=../out.cfg", "--output=again.png")
    assert_fine(ran)
    assert "has changed" not in ran.out
    np.testing.assert_array_equal(
        pixels(folder / "below" / "again.png"), pixels(folder / "out.png")
    )


def test_another_mask_or_weight_is_not_gone_on_with(folder, run_here, odd, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "tf_nst.cli.results.write_atomically", lambda *_: os.kill(os.getpid(), signal.SIGTERM)
        )
        ran = run_here(*COMMAND, *odd, "--output=out.png", "--preview_every=1")
    assert ran.code == 143
    style, mask, *rest = odd
    flags = (*COMMAND, "--output=out.png", "--resume", *rest)
    heavier = style.replace(":0.5", ":0.6")
    assert_one_line(run_here(*flags, heavier, mask), 2, ("--style: expected the file",))
    swapped = r"--mask=m\:2.png,m\,1.png"
    assert_one_line(run_here(*flags, style, swapped), 2, ("--mask: expected the file",))
    without = [flag for flag in flags if not flag.startswith("--keep")]
    assert_one_line(run_here(*without, style, mask), 2, ("--keep: expected the file",))
    assert_fine(run_here(*flags, style, mask))


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--mask=photo.png,photo.png", "--mask: expected one mask for each of 1 styles"),
        ("--mask=none.png", "--mask: none.png does not exist"),
        ("--style=painting.png:0", "--style: expected PATH:WEIGHT with a weight above 0"),
        ("--style=painting.png,none.png", "--style: none.png does not exist"),
        ("--style_size=10,20", "--style_size: expected one size, or one for each of 1 styles"),
        ("--color=grey", "--color: expected one of style, content, luminance, histogram"),
        ("--style_strength=2", "--style_strength: expected"),
        ("--output=painting.png", "--output and --style"),
        ("--mask=photo.png,", "--mask: expected a path between commas, received 'photo.png,'"),
        ("--keep=,photo.png", "--keep: expected a path between commas, received ',photo.png'"),
    ],
)
def test_what_cannot_be_is_a_line(folder, run_here, flag, said):
    assert_one_line(run_here(*COMMAND, *FILES, "--output=out.png", flag), 2, (said,))


@pytest.mark.parametrize("output", ["styles/one.png", "styles/out.png", "styles/../styles/a.jpg"])
def test_a_picture_does_not_become_one_of_its_styles(folder, run_here, output):
    (folder / "styles").mkdir()
    (folder / "painting.png").rename(folder / "styles" / "one.png")
    before = (folder / "styles" / "one.png").read_bytes()
    flags = (*COMMAND, "--content=photo.png", "--style=styles:2", f"--output={output}")
    said = f"--output and --style: {output} would be one of the pictures of the folder styles"
    assert_one_line(run_here(*flags), 2, (said,))
    assert (folder / "styles" / "one.png").read_bytes() == before
