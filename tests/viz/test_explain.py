"""The lesson: every figure of a pair on one page, which a browser opens without a complaint."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import look_at

import tf_nst
from tf_nst.errors import UserError
from tf_nst.io.inputs import read_inputs
from tf_nst.painting import prepare
from tf_nst.viz import explain_pair
from tf_nst.viz.explain import facts_of
from tf_nst.viz.options import RUNNING, figure_config
from tf_nst.viz.panels import plain

ROOT = Path(tf_nst.__file__).parents[1]
PAIR = tuple(str(ROOT / "examples" / name) for name in ("louvre_court.jpg", "water_garden.jpg"))
LESSON = ROOT / "docs" / "explained" / "index.html"
widths = pytest.mark.parametrize("width", [1280, 390])


class Page(HTMLParser):
    """The places that a page points to, and its formulas."""

    def __init__(self, text: str):
        super().__init__()
        self.places, self.formulas, self.tags = [], 0, set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.formulas += tag == "math"
        self.places += [value for name, value in attrs if name in ("src", "href", "srcset")]


@pytest.fixture(scope="module")
def reported() -> list[str]:
    """The lines reported while the lesson was drawn."""
    return []


@pytest.fixture(scope="module")
def lesson(reported, tiny_in_place):
    """Of the example pair, with a tiny network in VGG19's place."""
    with tiny_in_place() as options:
        return explain_pair(*PAIR, report=reported.append, **options | {"size": 96})


def assert_opens(page: Path, width: int, folder: Path) -> None:
    """Nothing is missing, nothing reaches past the border, and the console is empty."""
    state = look_at(page, width, folder / "profile")
    assert state.console == []
    assert state.images > 60 and state.missing == 0
    assert state.formulas > 15
    assert state.outside == [] and state.width == width


def test_the_page_stands_alone(lesson):
    page = Page(lesson.page())
    assert page.formulas > 15
    assert not page.tags & {"script", "iframe", "object", "embed"}
    assert page.places and all(place.startswith("data:") for place in page.places)


@pytest.mark.usefixtures("lesson")
def test_each_part_is_reported(reported):
    parts = [line for line in reported if line.startswith("part ")]
    assert [line.split(":")[0] for line in parts] == [f"part {part} of 7" for part in range(1, 8)]


def test_the_numbers_are_the_runs(lesson):
    text = re.sub(r"<[^>]+>", " ", lesson.page())
    run = lesson.run
    end = sum(weight * float(run.result.values[name][0]) for name, weight in run.weights.items())
    for number in (run.curves.loss[0], end, lesson.content.layers[-1].pixel_error):
        assert plain(number) in text
    assert "96×72" in text and "3 steps a picture" in text
    assert "vgg19, random weights" in text
    assert [snapshot.step for snapshot in run.snapshots] == [1, 2, 3]
    numbers = lesson.numbers()
    assert numbers["run"]["facts"]["optimizer"] == "Adam"
    assert len(numbers["content"]) == 5 and len(numbers["tradeoff"]["cells"]) == 8


def test_by_default_it_takes_imagenets_weights_and_lbfgs():
    config = figure_config({"size": 96}, RUNNING)
    facts = facts_of(prepare(config, read_inputs(config, *PAIR), pytest.fail))
    assert facts["network"] == "vgg19, imagenet weights"
    assert (facts["optimizer"], facts["steps"]) == ("L-BFGS", "100")


@widths
def test_a_browser_opens_it(lesson, tmp_path, width):
    page = tmp_path / "lesson.html"
    page.write_text(lesson.page(), encoding="utf-8")
    assert_opens(page, width, tmp_path)


@widths
def test_a_browser_opens_the_committed_lesson(tmp_path, width):
    assert_opens(LESSON, width, tmp_path)


def test_the_committed_lesson_is_small_and_of_the_present_template():
    assert sum(path.stat().st_size for path in LESSON.parent.iterdir()) < 2_000_000
    template = (ROOT / "tf_nst" / "viz" / "data" / "lesson.html").read_text(encoding="utf-8")
    text = LESSON.read_text(encoding="utf-8")
    for part in re.split(r"\$\w+", template):
        assert part in text


def test_what_cannot_be_used_is_refused_before_anything_is_painted():
    with pytest.raises(UserError, match=r"^layers: no such option of this figure"):
        explain_pair(*PAIR, layers="conv1_1")
    with pytest.raises(UserError, match=r"^--content: .* is too small"):
        explain_pair(*PAIR, size=16)
