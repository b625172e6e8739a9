"""What the package index shows: README.md whose links and pictures have addresses."""

import re
import runpy
from pathlib import Path

import pytest
import setuptools

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def declared(monkeypatch) -> dict:
    """What setup.py passes to setuptools, and its names."""
    passed = {}
    monkeypatch.setattr(setuptools, "setup", passed.update)
    names = runpy.run_path(str(ROOT / "setup.py"))
    return passed | {"with_addresses": names["with_addresses"], "address": names["ADDRESS"]}


def test_a_link_leads_to_the_repository_and_a_picture_is_its_file(declared):
    raw = declared["address"].replace("https://github.com", "https://raw.githubusercontent.com")
    text = "[flags](docs/flags.md#sheet), [web](https://example.org) and ![one](docs/one.jpg)"
    assert declared["with_addresses"](text) == (
        f"[flags]({declared['address']}/blob/main/docs/flags.md#sheet), "
        f"[web](https://example.org) and ![one]({raw}/main/docs/one.jpg)"
    )


def test_no_target_of_the_description_is_relative(declared):
    targets = re.findall(r"\]\(([^)]+)\)", declared["long_description"])
    assert len(targets) > 10
    assert not [target for target in targets if not target.startswith("https://")]


def test_the_address_is_written_in_one_place():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (address,) = set(re.findall(r"colab\.research\.google\.com/github/([^/]+/[^/]+)/", text))
    assert text.count(address) == 1
    pages = (ROOT / "docs").rglob("*.md")
    assert not [page for page in pages if address in page.read_text(encoding="utf-8")]
