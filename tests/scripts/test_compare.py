"""compare.py: order and sides by a seed, what the page and the sheets have."""

import base64
import html
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from comparing import GREENS, HOW, chosen, make_folders
from PIL import Image, PngImagePlugin

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from comparison import page, trials

from tf_nst.errors import UserError


@pytest.fixture
def folders(tmp_path) -> list[str]:
    return make_folders(tmp_path)


# --- trials ----------------------------------------------------------------------------------


def test_a_seed_gives_the_same_trials_and_another_seed_others(folders):
    one = trials.make_trials(*folders, **HOW)
    assert one == trials.make_trials(*folders, **HOW)
    others = [trials.make_trials(*folders, seed=seed, times=2) for seed in range(5, 10)]
    assert len({tuple(trial.name for trial in each) for each in [one, *others]}) > 1
    assert not {trial.key for trial in one} & {trial.key for trial in others[0]}


@pytest.mark.parametrize("times", [2, 4])
def test_sides_are_balanced_for_each_picture(folders, times):
    comparisons = trials.make_trials(*folders, seed=1, times=times)
    assert len(comparisons) == 5 * times
    for index in range(5):
        of_one = [trial for trial in comparisons if trial.name == f"picture{index}.png"]
        sides = [trial.left_is_first for trial in of_one]
        assert sides.count(True) == sides.count(False) == times // 2


def test_every_round_has_every_picture_and_random_sides(folders):
    comparisons = trials.make_trials(*folders, seed=3, times=2)
    for part in (comparisons[:5], comparisons[5:]):
        assert {trial.name for trial in part} == {f"picture{index}.png" for index in range(5)}
    firsts = [trials.make_trials(*folders, seed=seed, times=1)[0] for seed in range(20)]
    assert {trial.left_is_first for trial in firsts} == {True, False}
    for trial in comparisons:
        assert (Path(folders[0]) == trial.left.parent) == trial.left_is_first
        assert trial.left.parent != trial.right.parent


def test_the_sides_of_other_pictures_are_others(folders, tmp_path):
    """With the same seed: who has seen whose side was the left once does not know it again."""
    patterns = set()
    for index in range(12):
        Image.new("RGB", (40, 30), (index, 0, 9)).save(Path(folders[1]) / "picture0.png")
        comparisons = trials.make_trials(*folders, **HOW)
        patterns.add(tuple((trial.name, trial.left_is_first) for trial in comparisons))
    assert len(patterns) > 6


def test_folders_that_are_refused(folders, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(
        UserError, match=r"expected pictures of the same names in .*empty, received"
    ):
        trials.common_names(folders[0], empty)
    with pytest.raises(UserError, match=r"received .*brown twice"):
        trials.common_names(folders[0], folders[0] + "/")
    with pytest.raises(UserError, match=r"expected two folders of pictures, received .*nowhere"):
        trials.common_names(folders[0], tmp_path / "nowhere")


# --- the page and the sheets -----------------------------------------------------------------


def test_the_page_shows_the_trials_and_names_no_folder(folders, tmp_path):
    comparisons = trials.make_trials(*folders, **HOW)
    page.write_page(tmp_path / "page.html", page.page_data(comparisons, {}, **HOW))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    for word in (*GREENS, "picture0", "http:", "https:", "left_is_first", page.DATA):
        assert word not in text
    data = json.loads(re.search(r'<script id="data"[^>]*>(.*?)</script>', text, re.DOTALL)[1])
    assert (data["seed"], data["times"], len(data["pictures"])) == (4, 2, 10)
    for trial, shown in zip(comparisons, data["trials"], strict=True):
        assert shown["key"] == trial.key and shown["originals"] == []
        for side in ("left", "right"):
            head, _, code = data["pictures"][shown[side]].partition(",")
            assert head == "data:image/png;base64"
            assert pixels(io.BytesIO(base64.b64decode(code))) == pixels(getattr(trial, side))


def pixels(file) -> list[tuple[int, ...]]:
    with Image.open(file) as image:
        return [image.getpixel((x, y)) for y in range(image.height) for x in range(image.width)]


def test_the_page_shows_pixels_and_nothing_else_that_a_file_has(folders, tmp_path):
    comment = PngImagePlugin.PngInfo()
    comment.add_text("Software", "painter of the brown folder")
    Image.new("RGB", (40, 30), "red").save(Path(folders[0]) / "picture0.png", pnginfo=comment)
    Image.new("RGB", (8, 8)).save(tmp_path / "photo.webp")
    comparisons = trials.make_trials(*folders, **HOW)
    given = {"picture1.png": (str(tmp_path / "photo.webp"),)}
    for uri in page.page_data(comparisons, given, **HOW)["pictures"]:
        head, _, code = uri.partition(",")
        assert head == "data:image/png;base64"
        assert b"painter" not in base64.b64decode(code)


def test_a_damaged_picture_is_refused(folders):
    for folder in folders:
        (Path(folder) / "picture0.png").write_text("no picture")
        (Path(folder) / "folder.png").mkdir()
    comparisons = trials.make_trials(*folders, **HOW)
    with pytest.raises(UserError, match=r"picture0\.png"):
        page.page_data(comparisons, {}, **HOW)


def test_sheets_are_not_written_over_choices(folders, tmp_path):
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets" / "choices.json").write_text("filled in")
    comparisons = trials.make_trials(*folders, **HOW)
    with pytest.raises(UserError, match=r"--sheets: expected a folder without choices\.json"):
        page.write_sheets(tmp_path / "sheets", comparisons, **HOW)
    with pytest.raises(UserError, match=r"--sheets: expected a folder, received"):
        page.write_sheets(tmp_path / "sheets" / "choices.json", comparisons, **HOW)


def test_originals_are_shown_where_there_are_some(folders):
    comparisons = trials.make_trials(*folders, **HOW)
    photograph, painting = (Path(folders[0]) / f"picture{index}.png" for index in (3, 4))
    given = {"picture1.png": (str(photograph), str(painting))}
    data = page.page_data(comparisons, given, **HOW)
    for trial, shown in zip(comparisons, data["trials"], strict=True):
        codes = [base64.b64decode(data["pictures"][it].split(",")[1]) for it in shown["originals"]]
        paths = [photograph, painting] if trial.name == "picture1.png" else []
        assert [pixels(io.BytesIO(code)) for code in codes] == [pixels(path) for path in paths]


def test_sheets_are_the_same_trials_with_choices_to_fill_in(folders, tmp_path):
    comparisons = trials.make_trials(*folders, **HOW)
    page.write_sheets(tmp_path / "sheets", comparisons, **HOW)
    names = sorted(path.name for path in (tmp_path / "sheets").glob("*.png"))
    assert names == [f"{trial.key}.png" for trial in comparisons]
    assert names[0].startswith("001-") and names[-1].startswith("010-")
    for trial in comparisons:
        with Image.open(tmp_path / "sheets" / f"{trial.key}.png") as sheet:
            assert sheet.size == (40 + page.GAP + 40, 30)
            greens = [sheet.getpixel((x, 5))[1] for x in (0, 40 + page.GAP)]
        assert greens == sorted(GREENS.values(), reverse=not trial.left_is_first)
    record = json.loads((tmp_path / "sheets" / "choices.json").read_text())
    assert record == chosen(comparisons, lambda trial: None)


def test_the_page_in_a_browser(folders, tmp_path):
    """Keys left, right, down and Backspace, then clicks; what it saves is scored."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip(f"no browser: expected one of {', '.join(names)} on the PATH")
    comparisons = trials.make_trials(*folders, **HOW)
    page.write_page(tmp_path / "page.html", page.page_data(comparisons, {}, **HOW))
    script = """<script>
      const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key }));
      ["ArrowLeft", "ArrowRight", "ArrowRight", "Backspace", "ArrowDown"].forEach(press);
      document.querySelector("[data-choice=right]").click();
      while (!document.getElementById("trial").hidden) document.getElementById("left").click();
    </script></body>"""
    text = (tmp_path / "page.html").read_text(encoding="utf-8").replace("</body>", script)
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'own'}")
    command = [program, *flags, "--dump-dom", (tmp_path / "page.html").as_uri()]
    dump = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    link = re.search(r'<a id="save"[^>]*href="data:application/json;charset=utf-8,([^"]*)"', dump)
    record = json.loads(unquote(html.unescape(link[1])))
    wanted = ["left", "right", "equal", "right", *["left"] * 6]
    assert record == {
        **HOW,
        "choices": [
            {"key": trial.key, "choice": choice}
            for trial, choice in zip(comparisons, wanted, strict=True)
        ],
    }
