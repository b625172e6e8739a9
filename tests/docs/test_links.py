"""Links of the pages as they are read in a repository: each file is there, and each heading."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from code_blocks import PAGES, ROOT

_LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"")
_FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub and MyST name them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def relative_links(page: Path) -> list[str]:
    """Where the links and pictures of a page lead, but for other sites."""
    targets = (first or second for first, second in _LINK.findall(prose(page)))
    return [unquote(target) for target in targets if not re.match(r"https?:", target)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    for link in relative_links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_a_link_and_a_heading_are_read(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# What, and *why*?\n\n[here](#what-and-why)\n\n```sh\n[no](no.md)\n```\n")
    assert relative_links(page) == ["#what-and-why"]
    assert anchors(page) == {"what-and-why"}
