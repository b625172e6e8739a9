"""The sheet's command: what it paints and writes, what stands for failures, and its refusals."""

import html
import os
import re
import signal

import numpy as np
import pytest
from command_line import Ran, assert_one_line, counted, descriptors, snapshot
from PIL import Image as Pillow

from tf_nst.cli import sheet_painter
from tf_nst.cli.help import help_text
from tf_nst.cli.parsing import parse_flags
from tf_nst.cli.sheet import SHEET_FLAGS, SIZE, USAGE, main
from tf_nst.cli.sheet_plan import plan_sheet
from tf_nst.cli.sheet_progress import SheetProgress
from tf_nst.config import option_names
from tf_nst.engine.engine import Engine
from tf_nst.model.networks import NETWORKS
from tf_nst.painting.sheet import SheetPainter
from tf_nst.viz.sheet import GREY

QUICK = (
    *("--size=32", "--steps=2", "--optimizer=adam", "--weights=random", "--scales=1"),
    *("--content_layers=conv1_1", "--style_layers=conv1_1"),
)
STYLES = ("photo.png", "--styles=styles")


@pytest.fixture
def sheet_here(folder, monkeypatch, tiny, capfd):
    """Runs the command with the tiny network in VGG19's place: *flags -> Ran. styles/ has two
    paintings, and between them a damaged one and a file that is none."""
    monkeypatch.setitem(NETWORKS, "vgg19", tiny)
    styles = folder / "styles"
    styles.mkdir()
    for number, name in enumerate(("a.png", "c.png"), 1):
        Pillow.fromarray(counted(40, 40) // number).save(styles / name)
    (styles / "b.png").write_bytes((styles / "a.png").read_bytes()[:60])
    (styles / "notes.txt").write_text("no picture")

    def run(*flags: str) -> Ran:
        capfd.readouterr()
        code = main(["tf-nst", *flags])
        return Ran(code, *capfd.readouterr())

    return run


def test_a_sheet_of_styles_and_weights_in_which_one_style_fails(sheet_here, folder, monkeypatch):
    engine = Engine()
    counts = []
    monkeypatch.setattr(
        sheet_painter,
        "SheetPainter",
        lambda content, places, report: SheetPainter(content, places, report, engine),
    )
    monkeypatch.setattr(
        SheetProgress, "end", lambda self: counts.append((engine.traces, engine.measurements))
    )
    ran = sheet_here(*STYLES, *QUICK, "--vary=style_weight=3,30")
    reason = "--styles: styles/b.png"
    assert_one_line(ran, 1, ("2 of 6 pictures failed, the first of them 3, b.png: ", reason))
    assert "sheet    6 pictures of 32×24 on a sheet of 276×" in ran.out
    assert "painted sheet.png (4 of 6 pictures, " in ran.out and "; sheet.html)" in ran.out
    # Other weights and styles trace nothing, and each style is measured once.
    assert len({traces for traces, _ in counts}) == 1
    assert [measurements for _, measurements in counts] == [1, 1, 2, 2]
    pixels = np.asarray(Pillow.open("sheet.png").convert("RGB"))
    first, third = pixels[12:36, 12:44], pixels[12 + 24 + 32 + 12 :][:24, 12:44]
    assert first.std() > 10 and tuple(third[0, 0]) == GREY
    page = (folder / "sheet.html").read_text(encoding="utf-8")
    commands = [html.unescape(it) for it in re.findall(r'data-command="([^"]*)"', page)]
    assert len(commands) == 4 and page.count('class="reason"') == 2
    picked = sheet_here(*STYLES, *QUICK, "--vary=style_weight=3,30", "--pick=6")
    assert picked.out == commands[-1] + "\n"


def test_a_sheet_on_stdout_is_the_picture_alone(sheet_here, folder, monkeypatch):
    monkeypatch.setattr(sheet_painter, "say", lambda line: None)
    before = snapshot(folder)
    with open("../stdout", "w+b") as stdout, descriptors(1, files=(stdout,)):
        assert main(["tf-nst", "photo.png", "styles/a.png", "styles/c.png", *QUICK, "-o", "-"]) == 0
        stdout.seek(0)
        with Pillow.open(stdout) as sheet:
            assert (sheet.format, sheet.width) == ("PNG", 276)
    assert snapshot(folder) == before


def test_a_page_that_is_written_meanwhile_stays(sheet_here, folder, monkeypatch):
    begin = SheetProgress.begin

    def written(self, number, caption):
        (folder / "sheet.html").write_text("<p>mine</p>")
        begin(self, number, caption)

    monkeypatch.setattr(SheetProgress, "begin", written)
    ran = sheet_here("photo.png", "--styles=styles/a.png", "--vary=seed=1,2", *QUICK)
    assert ran.code == 1 and "sheet.html would be written beside sheet.png" in ran.err
    assert (folder / "sheet.html").read_text() == "<p>mine</p>"
    assert (folder / "sheet.rescued.png").exists() and (folder / "sheet.rescued.html").exists()


def test_ctrl_c_writes_what_is_painted(sheet_here, monkeypatch):
    begin = SheetProgress.begin

    def interrupted(self, number, caption):
        if number == 2:
            os.kill(os.getpid(), signal.SIGINT)
        begin(self, number, caption)

    monkeypatch.setattr(SheetProgress, "begin", interrupted)
    one = ("photo.png", "--styles=styles/a.png", "--vary=seed=1,2,3", "--output=out.jpg")
    # Where the tests run in the background, Ctrl-C may be ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ran = sheet_here(*one, *QUICK)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (ran.code, ran.err) == (130, "")
    assert "painted out.jpg (1 of 3 pictures, " in ran.out
    with open("out.html", encoding="utf-8") as page:
        assert page.read().count("not painted: stopped") == 2


@pytest.mark.parametrize(
    ("flags", "code", "line"),
    [
        (("photo.png", "--styles=styles/b.png"), 2, "--styles: styles/b.png"),
        ((*STYLES, "--mask=nowhere.png"), 2, "--mask: nowhere.png"),
    ],
)
def test_where_nothing_can_be_painted_nothing_is_written(sheet_here, folder, flags, code, line):
    before = snapshot(folder)
    assert_one_line(sheet_here(*flags, *QUICK), code, (line,))
    assert snapshot(folder) == before


def test_many_pictures_want_a_yes(sheet_here, folder):
    """And it says how large the sheet would be, and about how long it takes."""
    seeds = ",".join(map(str, range(100)))
    before = snapshot(folder)
    flags = ("photo.png", "--styles=styles/a.png", f"--vary=seed={seeds}", *QUICK)
    ran = sheet_here(*flags, "--vary=style_weight=" + seeds)
    said = "--yes: 10000 pictures of 32×24 on a sheet of 13212×"
    assert_one_line(ran, 2, (said, ", about ", "; expected --yes, or at most 100 pictures"))
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    ("flags", "size"), [(("--size=64",), 64), ((), SIZE), (("--flagfile=my.cfg",), 48)]
)
def test_a_presets_size_is_not_the_sheets(folder, flags, size):
    """Its other settings are, before the flag and after it."""
    (folder / "my.cfg").write_text("--size=48\n")
    (folder / "styles").mkdir()
    Pillow.fromarray(counted(40, 40)).save(folder / "styles/a.png")
    for line in ((*STYLES, "--preset=monet", *flags), (*STYLES, *flags, "--preset=monet")):
        plan = plan_sheet(parse_flags(["tf-nst", *line], SHEET_FLAGS))
        assert (plan.largest, plan.config.steps) == (size, (6, 6, 8, 36))


REFUSED = [
    ((), "--content: expected an image file, received nothing"),
    (("photo.png",), "--styles: expected image files or folders of them, received nothing"),
    (("photo.png", "--styles=nowhere"), "--styles: nowhere does not exist"),
    (
        ("photo.png", "--styles=empty"),
        "--styles: expected a folder of pictures, received empty, one that is",
    ),
    (
        ("photo.png", "--styles=texts"),
        "--styles: expected a folder of pictures, received texts, one without",
    ),
    (("photo.png", "styles/a.png", "styles/a.png"), "received styles/a.png twice"),
    (("photo.png", "styles/a.png", "styles/../styles/a.png"), "a.png twice"),
    (("photo.png", "--styles=styles,styles/a.png"), "received styles/a.png twice"),
    (("nowhere.png", "--styles=styles"), "--content: nowhere.png does not exist"),
    ((*STYLES, "--vary=foo=1,2"), "--vary: expected an option of painting, received 'foo'"),
    ((*STYLES, "--vary=style_weight=1,x"), "--vary: --style_weight: expected a finite number"),
    ((*STYLES, "--vary=seed=1,2", "--vary=seed=3,4"), "expected each option once"),
    ((*STYLES, "--vary=style_layers=conv1_1,conv9_9"), "received 'conv9_9'"),
    ((*STYLES, "--vary=content_weight=0,1", "--style_weight=0"), "--content_weight and"),
    ((*STYLES, "--size=8"), "too small"),
    ((*STYLES, "--output=styles/sheet.png"), "would be one of the styles of styles"),
    ((*STYLES, "--output=photo.png"), "--output and --content: photo.png would be overwritten"),
    (
        (*STYLES, "--keep=painting.png", "--output=painting.png"),
        "--output and --keep: painting.png would be overwritten",
    ),
    ((*STYLES, "--output=sheet.html"), "--output: expected a name that ends in one of"),
    ((*STYLES, "--output=mine.png"), "mine.html would be written beside mine.png"),
    ((*STYLES, "--pick=0"), "--pick: expected a whole number from 1"),
    ((*STYLES, "--pick=4"), "--pick: expected a picture from 1 to 3, received 4"),
    (("photo.png", "styles", "--styles=styles"), "received 'styles'"),
    (("-", "--styles=styles", "--mask=-"), "--content and --mask: expected - for one of them"),
    (("https://example.org/me.jpg", "styles"), "`curl -LO https://example.org/me.jpg` downloads"),
    (("photo.png", "https://example.org/a.jpg"), "`curl -LO https://example.org/a.jpg` downloads"),
]


@pytest.mark.parametrize(("flags", "line"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_is_one_line_and_touches_nothing(sheet_here, folder, flags, line):
    (folder / "empty").mkdir()
    (folder / "texts").mkdir()
    (folder / "texts" / "a.png").write_text("no picture")
    (folder / "mine.html").write_text("<p>mine</p>")
    before = snapshot(folder)
    assert_one_line(sheet_here(*flags), 2, (line,))
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    ("flags", "command"),
    [
        (("--pick=1",), "tf-nst --content=photo.png --style=styles/a.png"),
        (
            ("--pick=3", "--vary=style_weight=3,1e1", "--steps=50"),
            "tf-nst --content=photo.png --style=styles/b.png --steps=50 --style_weight=3",
        ),
        (
            ("--pick=2", "--vary=style_size=96,384", "--keep=my sky.png"),
            "tf-nst --content=photo.png --style=styles/a.png '--keep=my sky.png' --style_size=2x",
        ),
        (
            ("--pick=2", "--vary=size=256,512", "--style_size=300"),
            "tf-nst --content=photo.png --style=styles/a.png --style_size=300 --size=512",
        ),
    ],
)
def test_a_picked_picture_is_the_command_that_paints_it_large(sheet_here, flags, command):
    """Sizes of styles are as large in proportion, unless the picture's own size varies."""
    assert sheet_here(*STYLES, *flags) == Ran(0, command + "\n", "")


def test_one_style_varies_its_size(sheet_here):
    ran = sheet_here("photo.png", "--styles=styles/a.png", "--pick=1")
    assert ran.out.endswith(" --style_size=0.33x\n")


def test_help_lists_every_flag_and_every_option_has_one():
    text, names = help_text(SHEET_FLAGS, USAGE), [flag.name for flag in SHEET_FLAGS]
    assert set(option_names()) <= set(names) and len(set(names)) == len(names)
    assert "--size=192" in text
    for name in names:
        assert f"\n  --{name}" in text
