"""The gallery's page: up to date, every picture on it once and above a command."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import make_gallery


def test_the_page_is_what_is_there():
    message = "python scripts/make_gallery.py writes it"
    assert make_gallery.PAGE.read_text(encoding="utf-8") == make_gallery.gallery_page(), message


def test_every_painted_picture_is_shown_above_its_command():
    text = make_gallery.gallery_page()
    shown = re.findall(r"!\[.+\]\((.+)\)\n\n```sh\ntf-nst .+\n```\n", text)
    painted = [path for path in (make_gallery.DOCS / "control").glob("*_*.jpg")]
    names = {path.relative_to(make_gallery.DOCS).as_posix() for path in painted}
    assert names and names <= set(shown)
    assert len(shown) == len(set(shown))


def test_a_picture_that_is_not_there_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(make_gallery, "DOCS", tmp_path)
    assert "```sh" not in make_gallery.gallery_page()
