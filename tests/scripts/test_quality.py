"""bench.py quality: pairs, settings and their folders; a whole run of the command."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from benchmarks import painted, quality, quality_tables

from tf_nst.errors import RunError, UserError

ROOT = Path(__file__).resolve().parents[2]


def save(path: Path, seed: int, size=(96, 72)) -> str:
    """A seeded picture of coarse squares."""
    path.parent.mkdir(parents=True, exist_ok=True)
    codes = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    Image.fromarray(codes).resize(size, Image.Resampling.BICUBIC).save(path)
    return str(path)


@pytest.fixture
def pair(tmp_path) -> painted.Pair:
    return painted.Pair(save(tmp_path / "photo.png", 1), save(tmp_path / "art.jpg", 2))


def test_pairs_are_named_after_their_files(pair):
    assert painted.parse_pairs([f"{pair.content}:{pair.style}"]) == [pair]
    assert pair.name == "photo_x_art"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["{0}"], "--pairs: expected CONTENT:STYLE, received '.*photo.png'"),
        (["{0}:{1}:{1}"], "--pairs: expected CONTENT:STYLE"),
        (["{0}:nowhere.jpg"], "received nowhere.jpg, which does not exist"),
        (["{0}:{1}", "{0}:{1}"], "--pairs: expected different .*, received photo_x_art twice"),
    ],
)
def test_pairs_that_are_refused(pair, texts, message):
    with pytest.raises(UserError, match=message):
        painted.parse_pairs([text.format(*pair) for text in texts])


def test_settings_have_the_command_s_flags_or_are_only_measured():
    texts = ["gram=--style_statistic=gram --init='a b.png'", "default=", "elsewhere"]
    assert painted.parse_settings(texts) == [
        ("gram", ("--style_statistic=gram", "--init=a b.png")),
        ("default", ()),
        ("elsewhere", None),
    ]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "--setting: expected NAME=FLAGS, received nothing"),
        (["../up=--steps=1"], "--setting: expected NAME=FLAGS, received '../up=--steps=1'"),
        (["=--steps=1"], "--setting: expected NAME=FLAGS"),
        (["one=", "one=--steps=1"], "expected different names, received one twice"),
        (["painting="], "received painting twice"),
        (["one='"], "--setting=one: expected flags as on a command line"),
    ],
)
def test_settings_that_are_refused(texts, message):
    with pytest.raises(UserError, match=message):
        painted.parse_settings(texts)


def test_a_folder_keeps_the_flags_and_refuses_others(tmp_path, pair):
    setting = painted.Setting("fast", ("--steps=1",))
    painted.check_folder(tmp_path, setting, [pair], 96)
    painted.check_folder(tmp_path, setting, [pair], 96)
    message = "expected the flags of the pictures in .*, --size=96 --steps=1, received --size=80 "
    with pytest.raises(UserError, match=message):
        painted.check_folder(tmp_path, setting, [pair], 80)


def test_flags_that_were_damaged_are_refused(tmp_path, pair):
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast" / "flags.json").write_text('["--size=9')
    with pytest.raises(UserError, match=r"expected a list of flags in .*flags\.json"):
        painted.check_folder(tmp_path, painted.Setting("fast", ()), [pair], 96)


def test_a_picture_of_another_file_of_the_same_name_is_refused(tmp_path, pair):
    setting = painted.Setting("fast", ())
    painted.check_folder(tmp_path, setting, [pair], 96)
    save(tmp_path / "fast" / f"{pair.name}.png", 3)
    digests = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in pair]
    inputs = {role: {"sha256": it} for role, it in zip(pair._fields, digests, strict=True)}
    (tmp_path / "fast" / f"{pair.name}.json").write_text(json.dumps({"inputs": inputs}))
    painted.check_folder(tmp_path, setting, [pair], 96)
    save(Path(pair.content), 4)
    with pytest.raises(UserError, match=r"--pairs: .* received .*photo\.png, which is another"):
        painted.check_folder(tmp_path, setting, [pair], 96)


@pytest.mark.parametrize("text", ["{", "[]", '{"seconds": null}'])
def test_a_file_that_is_no_record_gives_no_numbers(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    assert quality.recorded(str(tmp_path / "a.png")) == {}


def test_originals_too_small_to_measure_are_refused_before_anything_is_painted(tmp_path, pair):
    small = save(tmp_path / "small.png", 3, size=(300, 40))
    for text in (f"{small}:{pair.style}", f"{pair.content}:{small}"):
        with pytest.raises(UserError, match=r"--pairs: .* 64 pixels .*small\.png, .* 96×13 at"):
            quality.print_tables(None, [text], ["fast="], 96, str(tmp_path))
    assert not (tmp_path / "fast").exists()


def test_pictures_of_unknown_flags_are_only_measured(tmp_path, pair):
    save(tmp_path / "fast" / f"{pair.name}.jpg", 3)
    with pytest.raises(UserError, match="--setting=fast without = measures them"):
        painted.check_folder(tmp_path, painted.Setting("fast", ()), [pair], 96)
    painted.check_folder(tmp_path, painted.Setting("fast", None), [pair], 96)
    with pytest.raises(UserError, match="received none of photo_x_art"):
        painted.check_folder(tmp_path, painted.Setting("slow", None), [pair], 96)


def test_a_command_that_fails_leaves_nothing_but_its_last_line(tmp_path, pair):
    setting = painted.Setting("wrong", ("--steps=none",))
    painted.check_folder(tmp_path, setting, [pair], 96)
    with pytest.raises(RunError, match=r"--setting=wrong: photo_x_art failed: .*--steps"):
        painted.paint(tmp_path, setting, pair, 96)
    assert [path.name for path in (tmp_path / "wrong").iterdir()] == ["flags.json"]


def test_means_are_over_pairs_that_all_have_the_measure(capsys):
    results = {"one": {"a": {"style": 1.0, "seconds": 5}}, "two": {"a": {"style": 2.0}}}
    assert quality_tables.mean_over_pairs(results) == {"a": {"style": 1.5}}
    quality_tables.print_results(results)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("| mean of 2 pairs | style | conv2_2 |")
    assert lines[3].startswith("| a | 1.500 |  |") and lines[3].endswith("|  |  |")
    assert lines[7].endswith("| 5 |  |")


def test_the_sheet_has_a_row_for_each_pair(tmp_path, pair):
    rows = {name: {"photograph": pair.content, "painting": pair.style} for name in ("p", "q")}
    quality_tables.draw_sheet(tmp_path / "sheet.png", rows)
    with Image.open(tmp_path / "sheet.png") as sheet:
        gap, cell = quality_tables.GAP, quality_tables.CELL
        assert sheet.size == (gap + 2 * (cell + gap), 2 * (quality_tables.LABEL + 72 + gap))
        corner = gap, quality_tables.LABEL
        with Image.open(pair.content) as photograph:
            assert sheet.getpixel(corner) == photograph.getpixel((0, 0))


def test_the_sheet_shows_photographs_upright(tmp_path):
    exif = Image.Exif()
    exif[274] = 6  # to be turned right by a quarter
    Image.new("RGB", (96, 72)).save(tmp_path / "photo.jpg", exif=exif)
    quality_tables.draw_sheet(tmp_path / "sheet.png", {"p": {"a": str(tmp_path / "photo.jpg")}})
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.height == quality_tables.LABEL + 96 + quality_tables.GAP


def test_a_picture_too_small_to_measure_is_refused(tmp_path, pair):
    small = save(tmp_path / "small.png", 3, size=(96, 60))
    with pytest.raises(UserError, match=r"--setting=fast: expected .* 64 pixels .* 96×60"):
        quality.measure_quality(*pair, {"fast": small})


def test_a_run_paints_measures_and_goes_on(tmp_path, pair):
    save(tmp_path / "out" / "kept" / f"{pair.name}.png", 3)
    command = [
        *(sys.executable, "scripts/bench.py", "quality", "--size=96", "--setting=kept"),
        *(f"--pairs={pair.content}:{pair.style}", f"--pictures={tmp_path / 'out'}"),
        "--setting=fast=--steps=2 --scales=1",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    rows = [line.split(" | ") for line in ran.stdout.splitlines() if line.startswith("| ")]
    assert [row[0] for row in rows] == [
        "| photo_x_art",
        *("| photograph", "| painting", "| kept", "| fast"),
    ]
    assert rows[1][6] == "1.000" and rows[2][1] == "0.000"
    assert rows[3][-1].strip(" |") == "" and rows[4][-1].strip(" |") == "2"
    folder = tmp_path / "out" / "fast"
    assert sorted(path.name for path in folder.iterdir()) == [
        "flags.json",
        "photo_x_art.json",
        "photo_x_art.png",
    ]
    assert json.loads((folder / "flags.json").read_text()) == [
        *("--size=96", "--steps=2", "--scales=1"),
    ]
    assert (tmp_path / "out" / quality.SHEET).is_file()
    before = (folder / "photo_x_art.png").stat().st_mtime_ns
    setting = painted.Setting("fast", ("--steps=2", "--scales=1"))
    painted.paint(tmp_path / "out", setting, pair, 96)
    assert (folder / "photo_x_art.png").stat().st_mtime_ns == before


def test_without_a_folder_it_says_what_is_missing():
    with pytest.raises(UserError, match="--pictures: expected a folder, received nothing"):
        quality.print_tables(None, [], [], 96, "")
