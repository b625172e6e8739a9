"""What the site's configuration adds to pages that are written."""

import runpy
from types import SimpleNamespace

import pytest
from code_blocks import ROOT


@pytest.fixture(scope="module")
def conf() -> dict:
    return runpy.run_path(str(ROOT / "docs/conf.py"))


def test_pages_are_made_accessible_once(conf, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<aside class="toc-drawer"></aside><div class="table-wrapper"></div>')
    for _ in range(2):
        conf["make_accessible"](SimpleNamespace(outdir=tmp_path), None)
        assert page.read_text() == (
            '<aside aria-label="On this page" class="toc-drawer"></aside>'
            '<div tabindex="0" class="table-wrapper"></div>'
        )


def test_parameters_are_lines_and_types_have_no_modules(conf, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<dl><dd>a: <i>tf_nst.io.Image</i></dd></dl><dl class="kept"></dl>')
    conf["make_accessible"](SimpleNamespace(outdir=tmp_path), None)
    assert page.read_text() == (
        '<span class="parameters"><span>a: <i>Image</i></span></span><dl class="kept"></dl>'
    )


def test_the_version_is_the_package_s(conf):
    assert conf["version"].count(".") == 2
