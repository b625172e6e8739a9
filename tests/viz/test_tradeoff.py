"""The grid of content against style: one batch, each picture with its own weights."""

import numpy as np
import pytest

from tf_nst.errors import UserError
from tf_nst.viz import paint_tradeoff
from tf_nst.viz.figures import rendered

GRID = {"ratios": "1,0.01", "layers": "conv1_2,conv2_2"}


@pytest.fixture(scope="module")
def painted(photo, painting, tiny_in_place):
    """The grid, and the jobs that painted it."""
    jobs = []

    def watch(title, job):
        jobs.append(job)
        return ()

    with tiny_in_place() as options:
        options["steps"] = 8
        return paint_tradeoff(photo, painting, watch=watch, **GRID, **options), jobs


def test_all_pictures_are_one_batch_with_their_own_content_weights(painted):
    result, jobs = painted
    (job,) = jobs
    assert job.initial.shape == (4, 24, 32, 3)
    weights = {term.layer: term.weight for term in job.terms if term.role == "content"}
    assert weights == {
        "block1_conv2": (10.0, 0.1, 0.0, 0.0),
        "block2_conv2": (0.0, 0.0, 10.0, 0.1),
    }
    assert [(cell.layer, cell.ratio) for cell in result.cells] == [
        ("block1_conv2", 1.0),
        ("block1_conv2", 0.01),
        ("block2_conv2", 1.0),
        ("block2_conv2", 0.01),
    ]


def test_more_weight_brings_the_content_nearer(painted):
    near, far = painted[0].cells[:2]
    assert near.content < far.content
    assert (near.picture != far.picture).any()


def test_the_figure_has_a_row_for_each_layer(painted):
    result, _ = painted
    assert [row.title for row in result.rows()] == ["Content at conv1_2", "Content at conv2_2"]
    assert result.rows()[0].panels[1].caption.startswith("α/β = 0.01: content ")
    assert rendered(result.figure()).std() > 10
    cells = result.numbers()["cells"]
    assert cells[0].keys() == {"layer", "ratio", "content", "style"}
    assert np.isfinite([cell["style"] for cell in cells]).all()


@pytest.mark.parametrize("ratios", ["0", "-1", "one", "", "1,1", "inf"])
def test_ratios_that_cannot_be_are_refused(photo, painting, tiny_vgg, ratios):
    with pytest.raises(UserError, match=r"^--ratios: expected numbers above 0 separated by commas"):
        paint_tradeoff(photo, painting, ratios, **tiny_vgg)
