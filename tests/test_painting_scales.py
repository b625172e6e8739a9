"""What a painting plans from its config: scales, optimisers and their memory, averages, notes."""

import numpy as np
import pytest
from paintings import OPTIONS, PAINTING, PHOTO, SCALES, prepared

import tf_nst
from tf_nst.engine import resources
from tf_nst.engine.events import Finished, ScaleStarted
from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.ops.resample import resize
from tf_nst.optim.optimizers import FALLBACK, OPTIMIZERS, Settings
from tf_nst.painting import finished, preparation, settings
from tf_nst.planning.plan import Choice, Limits, optimizer_bytes, plan
from tf_nst.planning.workload import Workload


@pytest.fixture(scope="module")
def engine() -> tf_nst.Engine:
    """For paintings by equal settings."""
    return tf_nst.Engine()


@pytest.fixture
def planned(monkeypatch) -> list[tuple[Workload, Limits]]:
    """What `plan` was given, call by call."""
    calls = []

    def spying(workload, limits):
        calls.append((workload, limits))
        return plan(workload, limits)

    monkeypatch.setattr(preparation, "plan", spying)
    return calls


# --- scales ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [{"scales": 2}, {"steps": (1, 3)}, {"steps": "1,3"}, {"steps": [1, 3], "scales": 2}]
)
def test_steps_and_scales_are_those_of_the_job(options):
    assert prepared(**options).job.scales == SCALES


def test_more_scales_than_the_size_allows_are_refused_before_weights_are_loaded(monkeypatch):
    monkeypatch.setattr(resources, "load_weights", lambda *_, **__: pytest.fail("loads weights"))
    with pytest.raises(UserError, match=r"^--scales: expected at most 2 for 64×48 pixels and 4"):
        prepared(scales=3, engine=tf_nst.Engine())


def test_listeners_are_told_of_every_scale():
    events = []
    options = OPTIONS | {"scales": 2, "optimizer": "adam"}
    image = tf_nst.stylize(PHOTO, PAINTING, listeners=(events.append,), **options)
    started = [event for event in events if isinstance(event, ScaleStarted)]
    assert [event[:2] for event in started] == list(enumerate(SCALES))
    assert isinstance(events[-1], Finished)
    np.testing.assert_array_equal(image, Image.from_float(events[-1].image[0].numpy()))


def test_a_picture_of_an_earlier_scale_is_enlarged_with_depth_and_alpha_of_the_content():
    alpha = np.full((48, 64), 40000, np.uint16)
    painting = prepared(photo=Image(PHOTO.astype(np.uint16) * 257, alpha))
    small = np.random.default_rng(0).random([1, 34, 45, 3], dtype=np.float32)
    image = finished(painting, small)
    assert (image.size, image.depth) == ((48, 64), 16)
    np.testing.assert_array_equal(image.alpha, alpha)
    enlarged = resize(small, 48, 64)[0].numpy()
    np.testing.assert_array_equal(image.pixels, Image.from_float(enlarged, 16).pixels)


# --- the optimiser and its defaults ----------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rate_and_average_are_the_optimisers_own_unless_given(name):
    row = OPTIMIZERS[name]
    defaults = prepared(optimizer=name)
    assert defaults.config.learning_rate == row.learning_rate
    assert defaults.config.average == row.decay
    assert defaults.job.decay == row.decay
    given = prepared(optimizer=name, learning_rate=0.125, average=0.0)
    assert (given.config.learning_rate, given.config.average, given.job.decay) == (0.125, 0.0, 0.0)
    assert prepared(optimizer=name, average=0.5).job.decay == 0.5


def test_stop_is_that_of_the_job():
    assert (prepared().job.stop, prepared(stop=0.01).job.stop) == (0.0, 0.01)


@pytest.mark.parametrize(("precision", "exact"), [("float32", True), ("bfloat16", False)])
def test_the_line_search_knows_whether_losses_are_exact(monkeypatch, precision, exact):
    arguments = []
    monkeypatch.setattr(preparation, "make_optimizer", lambda *settings: arguments.append(settings))
    prepared(precision=precision, lbfgs_pairs=7, learning_rate=0.5)
    assert arguments == [("lbfgs", Settings(0.5, 7, exact))]


@pytest.mark.parametrize("init", ["matched", "content", "noise", "style_statistics"])
def test_noise_has_no_detail_to_keep(init):
    assert prepared(init=init).job.detail == (init in ("matched", "content"))


@pytest.mark.parametrize("steps", [(1, 3), (0, 3)])
def test_noise_is_drawn_at_the_size_that_is_painted_first(steps):
    """Made smaller it would have a fraction of its deviation, 0.24 once it is cut to 0..1."""
    job = prepared(init="noise", steps=steps).job
    first = SCALES[0] if steps[0] else SCALES[1]
    assert job.initial.shape == (1, first.height, first.width, 3)
    assert 0.22 < job.initial.std() < 0.26


# --- memory ----------------------------------------------------------------------------------


def need(name: str, pairs: int, core: int = 0) -> float:
    """GB at which a run of OPTIONS at 64 pixels just fits."""
    painting = prepared(tile="off")
    scale = painting.job.scales[-1]
    work = Workload(
        painting.job.network,
        painting.job.terms,
        "float32",
        painting.job.scales,
        {"style": (40, 40)},
        "lbfgs",
        10,
    )
    return (work.bytes(scale, core) + optimizer_bytes(Choice(name, pairs), scale, core)) / 1e9


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_estimate_counts_what_the_optimiser_keeps(name):
    assert prepared(optimizer=name).plan.peak_bytes / 1e9 == pytest.approx(need(name, 10))


def test_the_plan_is_that_of_the_pictures_and_of_the_memory(planned):
    prepared(memory=2.0, scales=2, tile=32, precision="bfloat16")
    ((work, limits),) = planned
    assert (work.scales, work.targets, work.dtype) == (SCALES, {"style": (40, 40)}, "bfloat16")
    assert (limits.cores, limits.bytes) == ((32,), 2e9)
    assert limits.speed > 0


@pytest.mark.parametrize(("free", "limit"), [(3_000_000_000, 3_000_000_000), (None, np.inf)])
def test_without_a_limit_it_is_what_is_free(planned, monkeypatch, free, limit):
    monkeypatch.setattr(settings, "available_bytes", lambda: free)
    prepared()
    assert planned[0][1].bytes == limit


def test_where_memory_is_short_it_is_reported_and_painted_all_the_same(engine):
    lines = []
    short = OPTIONS | {"memory": need("lbfgs", 4) + 1e-9, "engine": engine}
    image = tf_nst.stylize(PHOTO, PAINTING, report=lines.append, **short)
    assert lines == ["memory is short: lbfgs keeps 4 of 10 pairs at 64×48"]
    alike = tf_nst.stylize(PHOTO, PAINTING, engine=engine, **OPTIONS | {"lbfgs_pairs": 4})
    np.testing.assert_array_equal(image, alike)


def test_adam_takes_over_where_there_is_no_memory_at_all(engine):
    lines = []
    options = OPTIONS | {"memory": 0.1, "engine": engine}
    image = tf_nst.stylize(PHOTO, PAINTING, report=lines.append, **options)
    assert lines == [f"memory is short: lbfgs is replaced by {FALLBACK} at 64×48"]
    options = OPTIONS | {"optimizer": FALLBACK, "average": 0.0, "engine": engine}
    alike = tf_nst.stylize(PHOTO, PAINTING, **options)
    np.testing.assert_array_equal(image, alike)


def test_a_limit_by_which_less_was_kept_is_recorded():
    """So that as much is kept on replay."""
    limit = need("lbfgs", 4) + 1e-9
    assert prepared(lambda line: None, memory=limit).config.memory == pytest.approx(limit)
    assert prepared().config.memory == 0.0


# --- notes -----------------------------------------------------------------------------------


def test_what_a_run_notes_is_reported():
    lines = []
    still = {"optimizer": "sgd", "learning_rate": 1e-30, "stop": 0.5, "steps": 35, "scales": 1}
    tf_nst.stylize(PHOTO, PAINTING, report=lines.append, **OPTIONS | still)
    assert lines == [
        "step 20: 10 steps lowered the loss by a share of less than 0.5; this size is finished"
    ]
