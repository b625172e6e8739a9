"""Links of a built folder: which lead nowhere, and what a page loads from elsewhere."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from documentation.links import problems


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "there.html").write_text('<h1 id="top">There</h1>')
    (tmp_path / "picture.png").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    "html",
    [
        '<a href="there.html#top">anchor</a>',
        '<a href="#here" id="here">itself</a>',
        '<img src="picture.png"><img src="data:image/png;base64,AA==">',
        '<a href="https://example.org/x#y">another site</a>',
    ],
)
def test_what_leads_somewhere_is_no_problem(folder, html):
    (folder / "page.html").write_text(html)
    assert not list(problems(folder))


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ('<a href="gone.html">x</a>', "page.html: no target for gone.html"),
        ('<a href="there.html#gone">x</a>', "page.html: no target for there.html#gone"),
        ('<img src="gone.png">', "page.html: no target for gone.png"),
        (
            '<script src="https://example.org/x.js"></script>',
            "page.html: loads https://example.org/x.js",
        ),
        (
            '<link rel="stylesheet" href="https://example.org/x.css">',
            "page.html: loads https://example.org/x.css",
        ),
    ],
)
def test_what_leads_nowhere_or_elsewhere_is_a_line(folder, html, line):
    (folder / "page.html").write_text(html)
    assert list(problems(folder)) == [line]
