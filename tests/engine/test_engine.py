"""An engine keeps what a second picture need not make again, and no more than so much."""

from threading import Event, Thread

import numpy as np
import paintings
import pytest
import tensorflow as tf
from paintings import PAINTING, PHOTO

import tf_nst
from tf_nst.config import config_from_options
from tf_nst.engine import engine as module
from tf_nst.engine import replicas, resources
from tf_nst.engine.cache import Cache
from tf_nst.engine.engine import Engine
from tf_nst.engine.loop import iterate
from tf_nst.io.inputs import read_inputs
from tf_nst.painting import prepare
from tf_nst.planning.schedule import Scale

# What is traced and measured soonest.
QUICK = {"optimizer": "adam", "style_statistic": "gram"}
OPTIONS = paintings.OPTIONS | QUICK | {"steps": "2,2"}


def paint(engine: Engine | None, photo=PHOTO, painting=PAINTING, **options) -> np.ndarray:
    return np.asarray(tf_nst.stylize(photo, painting, engine=engine, **OPTIONS | options))


@pytest.fixture(scope="module")
def used() -> Engine:
    """Has painted with OPTIONS, and what the tests before had it paint."""
    engine = Engine()
    paint(engine)
    return engine


@pytest.mark.parametrize(
    "options",
    [{"optimizer": "lbfgs", "style_statistic": "wasserstein"}, {"tile": "32"}, {"tile": "off,32"}],
    ids=["off", "32", "off,32"],
)
def test_a_second_picture_of_the_same_sizes_and_style_traces_and_measures_nothing(options):
    """And is the one that it would be alone."""
    engine = Engine()
    first = paint(engine, **options)
    counts = engine.traces, engine.measurements
    assert counts[0] > 0 and counts[1] == 2
    other = paint(engine, PHOTO[:, ::-1], **options)
    assert (engine.traces, engine.measurements) == counts
    np.testing.assert_array_equal(paint(engine, **options), first)
    np.testing.assert_array_equal(paint(None, PHOTO[:, ::-1], **options), other)


def test_another_style_is_measured_and_nothing_is_traced(used):
    traces, measurements = used.traces, used.measurements
    second = paint(used, painting=PAINTING[::-1] // 2)
    assert (used.traces, used.measurements) == (traces, measurements + 2)
    np.testing.assert_array_equal(second, paint(None, painting=PAINTING[::-1] // 2))


@pytest.mark.parametrize("tile", ["off", "32"])
def test_other_weights_trace_and_measure_nothing(tile):
    engine = Engine()
    paint(engine, tile=tile)
    counts = engine.traces, engine.measurements
    heavier = paint(engine, tile=tile, style_weight=5.0, style_layers="conv1_1:3,conv2_1")
    assert (engine.traces, engine.measurements) == counts
    alone = paint(None, tile=tile, style_weight=5.0, style_layers="conv1_1:3,conv2_1")
    np.testing.assert_array_equal(heavier, alone)


@pytest.mark.parametrize(
    "options",
    [
        {"style_weight": 5.0},
        {"pooling": "average"},
        {"seed": 7},
        {"optimizer": "lbfgs"},
        {"learning_rate": 0.5},
        {"average": 0.5},
        {"style_layers": "conv1_1"},
    ],
)
def test_a_picture_by_other_settings_is_that_of_an_engine_of_its_own(used, options):
    np.testing.assert_array_equal(paint(used, **options), paint(None, **options))


def test_a_file_of_weights_that_changes_is_read_again(tmp_path, monkeypatch):
    """By its time and size."""
    reads = []
    load = resources.load_weights

    def counting(choice, *arguments, **named):
        reads.append(choice)
        return load("random", *arguments, **named)

    monkeypatch.setattr(resources, "load_weights", counting)
    path, engine = tmp_path / "weights.h5", Engine()
    path.write_bytes(b"one")
    for content in (b"one", b"one", b"other"):
        if content != path.read_bytes():
            path.write_bytes(content)
        paint(engine, weights=str(path), steps="1,1")
    assert len(reads) == 2


def test_a_second_picture_is_made_of_what_the_first_was():
    """Nothing is loaded, built or tried again."""
    engine, config = Engine(), config_from_options(OPTIONS)
    inputs = read_inputs(config, PHOTO, PAINTING)
    first, second = (prepare(config, inputs, print, engine=engine) for _ in range(2))
    assert first.job.extractor is second.job.extractor
    assert first.job.strategy is second.job.strategy
    assert first.job.optimizers == second.job.optimizers
    assert first.plan == second.plan


def test_without_an_engine_everything_is_made_again(monkeypatch):
    reads, load = [], resources.load_weights
    monkeypatch.setattr(
        resources, "load_weights", lambda *it, **named: reads.append(1) or load(*it, **named)
    )
    config = config_from_options(OPTIONS)
    inputs = read_inputs(config, PHOTO, PAINTING)
    first, second = (prepare(config, inputs, print) for _ in range(2))
    assert len(reads) == 2 and first.job.extractor is not second.job.extractor


def test_what_does_not_matter_to_a_network_does_not_load_it_again():
    """The seed of noise, and how many windows one device paints."""
    engine, networks = Engine(), set()
    for options in ({}, {"seed": 1, "init": "noise"}, {"tile": "32"}, {"tile": "48"}):
        config = config_from_options(OPTIONS | {"weights": "imagenet"} | options)
        painting = prepare(config, read_inputs(config, PHOTO, PAINTING), print, engine=engine)
        networks.add(painting.job.extractor)
    assert len(networks) == 1


def test_programs_are_no_more_than_so_many(monkeypatch):
    monkeypatch.setattr(replicas, "MOST_PROGRAMS", 2)
    programs = replicas.Programs(replicas.Replicas(tf.distribute.get_strategy(), 1))
    for size in (1, 2, 3, 1):
        programs("sum", tf.reduce_sum, tf.ones([size]))
    assert programs.traces == 4


def test_a_cache_keeps_the_latest_used():
    cache, calls = Cache(2), []

    def get(key):
        return cache.get(key, lambda: calls.append(key) or key)

    for key in (1, 2, 1, 3, 1, 2):
        assert get(key) == key
    assert calls == [1, 2, 3, 2]
    assert cache.values() == (1, 2)


def test_a_cache_keeps_so_many_bytes_and_the_last_value_whatever_its_size():
    cache = Cache(9, most_bytes=10, bytes_of=lambda value: value)
    for value in (3, 4, 3):
        cache.get(value, lambda value=value: value)
    assert cache.values() == (4, 3)
    for value, left in ((5, (3, 5)), (12, (12,)), (1, (1,)), (9, (1, 9))):
        cache.get(value, lambda value=value: value)
        assert cache.values() == left


def test_threads_that_make_a_value_at_the_same_time_get_the_same_one():
    cache, is_making, is_made = Cache(1), Event(), Event()
    values = {}

    def make_slowly():
        is_making.set()
        is_made.wait()
        return object()

    def get():
        values["slow"] = cache.get("key", make_slowly)

    thread = Thread(target=get)
    thread.start()
    is_making.wait()
    first = cache.get("key", object)
    is_made.set()
    thread.join()
    assert values["slow"] is first and cache.values() == (first,)


def test_an_engine_keeps_no_more_than_so_many_bytes_of_targets(make_job, monkeypatch):
    def measurements(most):
        monkeypatch.setattr(module, "MOST_TARGET_BYTES", most)
        engine = Engine()
        for decay in (0.1, 0.2, 0.1, 0.2):
            list(iterate(make_job(scales=(Scale(20, 28, 1),), decay=decay), engine=engine))
        return engine.measurements

    assert (measurements(1 << 20), measurements(1)) == (2, 4)


def test_an_engine_keeps_no_more_than_so_many_targets_and_evaluators(make_job, monkeypatch):
    monkeypatch.setattr(module, "MOST_EVALUATORS", 2)
    monkeypatch.setattr(module, "MOST_TARGETS", 3)

    def paint(engine, *numbers):
        for number in numbers:
            scales = (Scale(20 + number, 28, 1),)
            list(iterate(make_job(scales=scales, decay=number / 10), engine=engine))
        return engine

    engine = paint(Engine(), 0, 1, 2, 3, 4)
    assert engine.traces == paint(Engine(), 3, 4).traces
    assert engine.measurements == 5
    assert paint(engine, 2, 3, 4).measurements == 5
    assert paint(engine, 1).measurements == 6
