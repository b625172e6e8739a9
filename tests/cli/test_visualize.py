"""The figures' command: kinds, flags, what it says and writes, and its refusals."""

import json
import re
from typing import NamedTuple

import numpy as np
import pytest
from command_line import counted, finish, snapshot, start_fresh
from PIL import Image as Pillow

from tf_nst import viz
from tf_nst.cli.help import help_text
from tf_nst.cli.visualize import KINDS, USAGE, flags_of, main
from tf_nst.io.images import read_image
from tf_nst.model.networks import NETWORKS
from tf_nst.model.weights import Weights
from tf_nst.viz.options import RUNNING

LOOK = ("--size=32", "--weights=random")
RUN = (*LOOK, "--steps=2")
# What each kind is given besides, to be quick with the tiny network.
GIVEN = {
    "activations": ("--content=photo.png", "--layers=conv1_1,conv2_1", *LOOK),
    "patches": ("--images=.", "--layer=conv2_1", "--units=0,1", *LOOK),
    "content": ("--content=photo.png", "--content_layers=conv1_2", *RUN),
    "style": ("--style=painting.png", "--style_layers=conv1_1", *RUN),
    "gram": ("--content=photo.png", "--style=painting.png", "--style_layers=conv1_1", *LOOK),
    "tradeoff": (
        *("--content=photo.png", "--style=painting.png", "--content_layers=conv1_2"),
        *("--ratios=1,0.1", *RUN),
    ),
    "losses": ("--record=run.json",),
    "explain": ("--content=photo.png", "--style=painting.png", *RUN),
}
RECORD = {
    "term_weights": {"content/mean_squared/block4_conv2": 1.0},
    "losses": {"content/mean_squared/block4_conv2": [2.0, 1.0]},
    "scales": [{"width": 8, "height": 8, "steps": 2}],
}


@pytest.fixture
def draw_here(folder, monkeypatch, tiny, capfd):
    """Runs the command with the tiny network in VGG19's place: kind, *flags -> code, out, err."""
    monkeypatch.setitem(NETWORKS, "vgg19", tiny)
    (folder / "run.json").write_text(json.dumps(RECORD))

    def run(*argv: str):
        capfd.readouterr()
        code = main(["tf-nst-visualize", *argv])
        return code, *capfd.readouterr()

    return run


class Lesson(NamedTuple):
    """In the lesson's place: tests/viz/test_explain.py makes a whole one."""

    weights: Weights

    def page(self) -> str:
        return "<!DOCTYPE html>"

    def numbers(self) -> dict:
        return {"run": {}}


@pytest.fixture
def short_lesson(monkeypatch, tiny):
    def explain(content, style, *, watch, report, **options):
        report("part 1 of 1: nothing")
        assert set(options) == set(RUNNING)
        return Lesson(Weights("random", "random", "", tiny, {}))

    monkeypatch.setattr(viz, "explain_pair", explain, raising=False)


@pytest.mark.usefixtures("short_lesson")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_writes_its_figure_and_record_and_nothing_else(draw_here, folder, kind):
    name = "lesson.html" if kind == "explain" else "figure.png"
    before = snapshot(folder)
    code, out, err = draw_here(kind, *GIVEN[kind], f"--output={name}")
    assert (code, err) == (0, "")
    assert re.search(rf"^drew {name} \(.+; {name.split('.')[0]}\.json\)$", out, re.MULTILINE)
    record = json.loads((folder / name).with_suffix(".json").read_text())
    assert record["figure"] == kind and record["numbers"] and record["versions"]
    if kind != "losses":
        assert record["weights"]["source"] == "random" and record["settings"]["seed"] == 0
    if kind != "explain":
        assert np.asarray(read_image(folder / name)).std() > 5
    assert set(snapshot(folder)) - set(before) == {name, f"{name.split('.')[0]}.json"}


def test_progress_is_the_painting_commands(draw_here):
    _, out, _ = draw_here("style", *GIVEN["style"])
    assert "style 1/1: conv1_1\n" in out
    assert re.search(r"^step 2/2  32×32  .*style [\d.]+  loss [\d.]+$", out, re.MULTILINE)


def test_files_that_are_skipped_are_named_and_counted(draw_here, folder):
    (folder / "broken.png").write_bytes((folder / "photo.png").read_bytes()[:100])
    code, out, _ = draw_here("patches", *GIVEN["patches"])
    assert code == 0
    assert "skipped: broken.png is damaged" in out and "skipped: run.json is not an image" in out
    assert "looked at 2 pictures, 2 files skipped\n" in out


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        ((), "KIND: expected one of activations, patches, content, style, gram"),
        (("grams",), "received 'grams'; nearest: gram"),
        (("--content=photo.png", "gram"), "received '--content=photo.png'"),
        (("content",), "--content: expected an image file, received nothing"),
        (("content", "--content=no.png"), "--content: no.png does not exist"),
        (("content", "--style=photo.png"), "--style: expected a flag that --help lists"),
        (("gram", "--content=photo.png"), "--style: expected an image file"),
        (("activations", "--content=photo.png", "--layers=conv9_1"), "--layers: expected layers"),
        (("patches", "--images=photo.png"), "--images: expected a folder of pictures"),
        (
            ("patches", "--images=.", "--units=x"),
            "--units: expected channels from 0 separated by commas",
        ),
        (("patches", "--images=.", "--units=9", *LOOK), "--units: expected channels of conv3_1"),
        (("patches", "--images=.", "--layer=conv"), "--layer: expected layers of"),
        (("tradeoff", *GIVEN["tradeoff"], "--ratios=0"), "--ratios: expected numbers above 0"),
        (("style", *GIVEN["style"], "--steps=0"), "--steps: expected one number from 1 to"),
        (("style", *GIVEN["style"], "--steps=2,3"), "--steps: expected one number from 1 to"),
        (("losses", "--record=photo.png"), "--record: photo.png is not a record of a run"),
        (("losses", "--record=deep.json"), "--record: deep.json is not a record of a run"),
        (("losses", *GIVEN["losses"], "--output=a.png/"), "--output: expected the name of a file"),
        (("explain", *GIVEN["explain"], "--output=a.html/"), "--output: expected the name of a"),
        (("losses", *GIVEN["losses"], "--output=a.bmp"), "--output: expected a name that ends in"),
        (("losses", *GIVEN["losses"], "--output=no/a.png"), "--output: the folder no does not"),
        (("losses", *GIVEN["losses"], "--output=run.png"), "--output and --record: run.json would"),
        (("gram", *GIVEN["gram"], "--output=photo.png"), "--output and --content: photo.png would"),
        (("patches", *GIVEN["patches"], "--output=photo.png"), "--images: ./photo.png would be"),
        (("explain", *GIVEN["explain"], "--output=a.png"), "--output: expected a name that ends"),
        (("explain", *GIVEN["explain"], "--output=no/a.html"), "--output: expected an existing"),
    ],
)
def test_bad_input_is_one_line_and_touches_nothing(draw_here, folder, argv, line):
    if "--output=run.png" in argv:
        (folder / "run.json").write_text('{\n  "tf_nst": "0"}')
    (folder / "deep.json").write_text("[" * 100_000)
    before = snapshot(folder)
    code, _, err = draw_here(*argv)
    assert code == 2
    assert err.startswith("tf_nst: ") and line in err and err.count("\n") == 1
    assert snapshot(folder) == before


def test_somebody_elses_record_is_not_written_over(draw_here, folder):
    (folder / "figure.json").write_text("mine")
    code, _, err = draw_here("gram", *GIVEN["gram"], "--output=figure.png")
    assert code == 2 and "figure.json would be written beside figure.png" in err


def test_an_empty_folder_is_told(draw_here, folder):
    (folder / "empty").mkdir()
    code, _, err = draw_here("patches", *GIVEN["patches"], "--images=empty")
    assert code == 2 and "--images: expected a folder of pictures, received empty, one that" in err


def test_help_lists_the_kinds_and_each_kind_its_flags(capsys):
    assert main(["tf-nst-visualize", "--help"]) == 0
    listed = capsys.readouterr().out
    assert listed.startswith(USAGE)
    for name, kind in KINDS.items():
        assert f"  {name}" in listed and kind.summary in " ".join(listed.split())
        assert main(["tf-nst-visualize", name, "--help"]) == 0
        shown = capsys.readouterr().out
        names = [flag.name for flag in flags_of(name)]
        assert len(set(names)) == len(names)
        assert shown.endswith(help_text(flags_of(name), "") + "\n")


def test_a_flag_file_is_read(draw_here, folder):
    (folder / "my.cfg").write_text("\n".join(GIVEN["gram"]) + "\n--output=other.png\n")
    code, out, _ = draw_here("gram", "--flagfile=my.cfg", "--output=figure.png")
    assert code == 0 and "drew figure.png" in out


def test_help_and_a_mistyped_flag_are_answered_without_tensorflow(tmp_path):
    code = """
import sys
from tf_nst.cli.visualize import main
argvs = [["--help"], ["gram", "--help"], ["grm"], ["content", "--content=a", "--size=0"]]
codes = [main(["tf-nst-visualize", *argv]) for argv in argvs]
heavy = {"tensorflow", "keras", "numpy", "PIL", "h5py", "matplotlib"} & set(sys.modules)
print(codes, sorted(heavy))
"""
    ran = finish(start_fresh(tmp_path, code=code))
    assert ran.out.endswith("\n[0, 0, 2, 2] []\n"), ran.err
    assert ran.err.count("\n") == 2


def test_an_output_of_another_kind_is_taken(draw_here, folder):
    Pillow.fromarray(counted(24, 32)).save(folder / "other.png")
    code, _, _ = draw_here("losses", *GIVEN["losses"], "--output=curves.webp")
    assert code == 0 and (folder / "curves.webp").read_bytes()[:4] == b"RIFF"
