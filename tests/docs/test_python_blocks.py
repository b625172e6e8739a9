"""Python on the pages: every block compiles, and those that are quick to run are run."""

import doctest

import numpy as np
import pytest
from code_blocks import ROOT, blocks, every_block
from PIL import Image as Pillow

import tf_nst
from tf_nst.io.images import Image
from tf_nst.model.networks import NETWORKS

# What keeps a picture small and quick, whatever the block asks for.
QUICK = {
    "size": 32,
    "steps": 4,
    "scales": 1,
    "weights": "random",
    "optimizer": "adam",
    "precision": "float32",
}
RUN = ("README.md", "docs/presets.md", "docs/resume.md", "docs/extending.md")
PICTURES = ("me.jpg", "you.jpg", "painting.jpg")


@pytest.mark.parametrize("block", every_block("python"), ids=lambda block: block.place)
def test_a_block_compiles(block):
    compile(block.text, block.place, "exec")


@pytest.mark.parametrize("block", every_block("pycon"), ids=lambda block: block.place)
def test_a_dialogue_compiles(block):
    examples = doctest.DocTestParser().get_examples(block.text)
    assert examples
    for example in examples:
        compile(example.source, block.place, "single")


@pytest.fixture
def quick(tiny, tmp_path, monkeypatch):
    """Small pictures, a tiny network, and no viewer."""
    for name in PICTURES:
        pixels = np.random.default_rng(len(name)).integers(0, 256, (40, 40, 3), np.uint8)
        Pillow.fromarray(pixels).save(tmp_path / name)
    stylize = tf_nst.stylize

    def small(*pictures, **options):
        return stylize(*pictures, **options | QUICK)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(NETWORKS, "vgg19", tiny)
    monkeypatch.setattr(tf_nst, "stylize", small, raising=False)
    monkeypatch.setattr(Image, "show", lambda image: None)


@pytest.mark.parametrize("page", RUN)
def test_the_blocks_of_a_page_run_one_after_the_other(page, quick):
    names = {}
    for block in blocks(ROOT / page, "python"):
        exec(compile(block.text, block.place, "exec"), names)
    assert names
