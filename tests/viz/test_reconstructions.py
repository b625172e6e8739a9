"""Reconstructions: one kind of term, one loop, errors that grow with depth, textures."""

import numpy as np
import pytest

from tf_nst.engine.events import Finished, StepsDone
from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.viz import reconstruct_content, reconstruct_style, runs
from tf_nst.viz.figures import rendered
from tf_nst.viz.runs import report_once, scaled_noise


class Watched:
    """Records the titles, terms and events of runs."""

    def __init__(self):
        self.titles, self.terms, self.events = [], [], []

    def __call__(self, title, job):
        self.titles.append(title)
        self.terms.append([(term.name, term.weight) for term in job.terms])
        return (self.events.append,)


def test_the_error_of_a_reconstruction_grows_with_depth():
    """ImageNet's network on the example, small."""
    result = reconstruct_content(
        "examples/louvre_court.jpg", size=64, steps=25, weights="imagenet", precision="float32"
    )
    errors = [layer.pixel_error for layer in result.layers]
    assert [layer.layer for layer in result.layers] == [
        f"block{block}_conv2" for block in range(1, 6)
    ]
    assert errors == sorted(errors)
    assert errors[0] < 10 and errors[-1] > 3 * errors[0]


def test_each_content_run_has_the_content_term_of_its_layer_alone(photo, tiny_vgg):
    watched = Watched()
    result = reconstruct_content(photo, "conv1_2,conv2_2", watch=watched, **tiny_vgg)
    assert watched.terms == [
        [("content/mean_squared/block1_conv2", 1.0)],
        [("content/mean_squared/block2_conv2", 1.0)],
    ]
    assert watched.titles == ["content 1/2: conv1_2 alone", "content 2/2: conv2_2 alone"]
    assert sum(isinstance(event, Finished) for event in watched.events) == 2
    assert [layer.picture.shape for layer in result.layers] == [(24, 32, 3)] * 2
    assert [panel.caption[:7] for panel in result.rows()[0].panels[1:]] == ["conv1_2", "conv2_2"]
    assert rendered(result.figure()).std() > 10


def test_errors_are_those_of_the_pictures(photo, tiny_vgg):
    result = reconstruct_content(photo, ["conv1_2"], **tiny_vgg)
    (layer,) = result.layers
    original = Image.from_float(photo).to_float()
    np.testing.assert_array_equal(result.content, original)
    expected = np.sqrt(np.mean((255 * (layer.picture - original)) ** 2))
    assert layer.pixel_error == pytest.approx(expected, rel=1e-5)
    assert result.numbers() == {
        "block1_conv2": {"feature_error": layer.feature_error, "pixel_error": layer.pixel_error}
    }


def test_each_style_run_has_the_gram_terms_of_a_growing_set(painting, tiny_vgg):
    watched = Watched()
    result = reconstruct_style(painting, "conv1_1,conv2_1,conv3_1", watch=watched, **tiny_vgg)
    names = [f"style/gram/block{block}_conv1" for block in range(1, 4)]
    assert [[name for name, _ in terms] for terms in watched.terms] == [
        names[:count] for count in (1, 2, 3)
    ]
    assert all(sum(weight for _, weight in terms) == pytest.approx(1) for terms in watched.terms)
    assert watched.titles[1] == "style 2/3: conv1_1 + conv2_1"
    assert [len(texture.layers) for texture in result.sets] == [1, 2, 3]
    assert result.rows()[0].panels[2].caption.startswith("and conv2_1: ")
    assert rendered(result.figure()).std() > 10


def test_the_error_falls(painting, tiny_vgg):
    watched = Watched()
    options = tiny_vgg | {"steps": 12, "optimizer": "lbfgs"}
    result = reconstruct_style(painting, "conv1_1", watch=watched, **options)
    done = [event for event in watched.events if isinstance(event, StepsDone)]
    first = done[0].values["style/gram/block1_conv1"][0, 0]
    assert result.sets[0].gram_error < 0.8 * first


@pytest.mark.parametrize("draw", [reconstruct_content, reconstruct_style])
def test_the_seed_is_that_of_the_noise(photo, tiny_vgg, draw):
    def picture(seed):
        result = draw(photo, "conv1_1", **tiny_vgg, seed=seed)
        return (result.layers if draw is reconstruct_content else result.sets)[0].picture

    np.testing.assert_array_equal(picture(1), picture(1))
    assert (picture(1) != picture(2)).any()


def test_the_start_is_the_noise_around_grey():
    noise = np.array([0.0, 0.5, 1.0])
    np.testing.assert_allclose(scaled_noise(noise, 0.4), [0.3, 0.5, 0.7], atol=1e-7)


def test_lines_are_reported_once():
    lines = []
    report = report_once(lines.append)
    for line in ("one", "two", "one"):
        report(line)
    assert lines == ["one", "two"]


def test_no_second_loop(photo, tiny_vgg, monkeypatch):
    """What runs is the engine's loop, and nothing else."""
    jobs, run = [], runs.stylize
    monkeypatch.setattr(runs, "stylize", lambda job, *more: jobs.append(job) or run(job, *more))
    reconstruct_content(photo, "conv1_2", **tiny_vgg)
    assert len(jobs) == 1


@pytest.mark.parametrize(
    ("draw", "options", "said"),
    [
        (reconstruct_content, {"layers": "conv7_1"}, "^--content_layers: expected layers of"),
        (reconstruct_style, {"layers": "conv7_1"}, "^--style_layers: expected layers of"),
        (reconstruct_content, {"steps": "3,4"}, "^--steps: expected one number from 1 to"),
        (reconstruct_style, {"tv_weight": 1.0}, "^tv_weight: no such option of this figure"),
    ],
)
def test_what_cannot_be_used_is_refused(photo, tiny_vgg, draw, options, said):
    with pytest.raises(UserError, match=said):
        draw(photo, **tiny_vgg | options)


def test_a_painting_that_cannot_be_read_is_named_by_its_flag(tiny_vgg):
    with pytest.raises(UserError, match=r"^--style: none\.png does not exist"):
        reconstruct_style("none.png", **tiny_vgg)
