"""The step as a TPU would be given it: one XLA program that equals the plain one, of static shapes,
with no call to the host.

All without a TPU: XLA compiles for the CPU, and the program is read as it was before.
"""

import re
from functools import cache

import numpy as np
import pytest
import tensorflow as tf
from jobs import compile_steps
from tolerances import assert_close

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted
from tf_nst.engine.steps import begin_scale
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import (
    build_objective,
    measure_references,
    measure_targets,
    term_values,
)
from tf_nst.objective.terms import build_terms
from tf_nst.ops import accelerators
from tf_nst.optim.adam import adam
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.line_search import strong_wolfe, tolerant
from tf_nst.optim.sgd import sgd

TOLERANT = "lbfgs, tolerant"
OPTIMIZERS = {
    "adam": adam(0.02),
    "sgd": sgd(1e-6),
    TOLERANT: lbfgs(1.0, 3, tolerant()),
    "lbfgs, strong Wolfe": with_fallback(lbfgs(1.0, 3, strong_wolfe()), adam(0.02)),
}
each_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
# What the host would have to answer or feed while the program runs.
HOST = ("custom-call", "infeed", "outfeed", "send", "recv", "send-done", "recv-done")


@pytest.fixture(scope="module", autouse=True)
def as_on_a_tpu():
    """Roots by products, no float64."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accelerators, "accelerator", lambda: "TPU")
        yield


@pytest.fixture(scope="module")
def whole(tiny, make_extractor, content, style):
    """The default objective, or another statistic's, with all its layers: (dtype, statistic) ->
    Objective, picture of 40 x 56."""
    large = tf.image.resize(content, (40, 56))

    @cache
    def make(dtype="float32", statistic="wasserstein"):
        config = ObjectiveConfig(style_statistic=(Weighted(statistic),))
        extractor = make_extractor(used_layers(config, tiny), dtype=dtype)
        given = {"content": large, "style": tf.image.resize(style, (48, 36))}
        return build_objective(extractor, build_terms(config, tiny), given), large

    return make


@pytest.fixture(scope="module")
def compiled(whole):
    """(optimiser, dtype, xla, statistic) -> the function of several steps, and its arguments; each
    is traced once."""

    @cache
    def make(name: str, dtype: str = "float32", xla: bool = True, statistic: str = "wasserstein"):
        objective, image = whole(dtype, statistic)
        optimizer = OPTIMIZERS[name]
        run = compile_steps(objective, optimizer, decay=0.9, xla=xla)
        return run, begin_scale(optimizer, image)

    return make


@pytest.fixture(scope="module")
def step_program(compiled):
    """(optimiser, dtype) -> the program of several steps."""
    return cache(lambda name, dtype="float32": program(*compiled(name, dtype), tf.constant(4)))


def program(run, *arguments) -> str:
    """What XLA is given, in its text form: before it chooses anything for a device."""
    return run.experimental_get_compiler_ir(*arguments)(stage="hlo")


def operations(text: str) -> set[str]:
    """Names of the operations of a program: each stands between its type and its operands."""
    return set(re.findall(r"[)\]}] ([a-z][a-z0-9-]*)\(", text))


def dynamic_shapes(text: str) -> list[str]:
    """XLA writes a bounded dimension as <=64, an unknown one as ?."""
    return re.findall(r"\w+\[[^\]]*(?:<=|\?)[^\]]*\]", text)


@each_optimizer
def test_compiled_steps_equal_plain_ones(compiled, name):
    """A step, and four more in one call, by Gram matrices: what rounding makes of roots grows from
    step to step, see `test_measuring_and_judging_compile_too` for them."""
    plain, xla = (
        compiled_call(*compiled(name, xla=xla, statistic="gram")) for xla in (False, True)
    )
    for before, after in zip(tf.nest.flatten(plain), tf.nest.flatten(xla), strict=True):
        if before.dtype.is_floating and np.isfinite(before).all():
            assert_close(after, before, "float32")
        else:
            np.testing.assert_array_equal(after, before)


def compiled_call(run, progress):
    """Image, track and reports after one step and after four more."""
    calls = []
    for count in (1, 4):
        progress, report = run(progress, tf.constant(count))
        calls.append((progress.image, progress.track, report))
    return calls


@pytest.mark.parametrize(
    ("name", "dtype"),
    [*((name, "float32") for name in OPTIMIZERS), ("adam", "bfloat16"), (TOLERANT, "bfloat16")],
)
def test_all_steps_of_a_call_are_one_program_without_the_host(step_program, name, dtype):
    """In bfloat16 a run takes L-BFGS' tolerant search, or Adam."""
    kinds = operations(step_program(name, dtype))
    assert {"while", "convolution", "dot"} <= kinds
    assert not kinds.intersection(HOST)


@each_optimizer
def test_every_dimension_is_static(step_program, name):
    text = step_program(name)
    assert not dynamic_shapes(text) and "set-dimension-size" not in operations(text)


def test_convolutions_of_a_bfloat16_network_are_bfloat16(step_program):
    text = step_program("adam", "bfloat16")
    results = re.findall(r"= (\w+)\[[^\]]*\]\S* convolution\(", text)
    assert len(results) > 10 and set(results) == {"bf16"}


def test_measuring_and_judging_compile_too(whole):
    """What a strategy runs besides the steps; sizes are changed on the host."""
    objective, image = whole()

    def judge(image):
        return term_values(objective, image)

    def measure(content):
        compared = objective.extractor, objective.terms, {"content": content, "style": image}
        return measure_targets(*compared), measure_references(*compared)

    other = image[:, ::-1]
    for function in (judge, measure):
        plain, xla = (
            without_roots(tf.function(function, jit_compile=jit)(other)) for jit in (False, True)
        )
        for before, after in zip(tf.nest.flatten(plain), tf.nest.flatten(xla), strict=True):
            assert_close(after, before, "float32")


def without_roots(measured):
    """A root is known but for the signs of its columns: each times its transpose instead."""
    if isinstance(measured, dict):
        measured = {name: without_roots(value) for name, value in measured.items()}
        if "root" in measured:
            measured["root"] = tf.matmul(measured["root"], measured["root"], transpose_b=True)
    elif isinstance(measured, tuple):
        measured = tuple(map(without_roots, measured))
    return measured


# --- the readers above see what they look for ---------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        '  %c.1 = f32[8]{0} custom-call(f32[8]{0} %r.1), custom_call_target="xla_python_callback"',
        "  %o.2 = token[] outfeed(f32[8]{0} %r.1, token[] %t.1), outfeed_shape=f32[8]{0}",
        "  %s.3 = (f32[8]{0}, u32[], token[]) send(f32[8]{0} %r.1, token[] %t.1), channel_id=1",
    ],
)
def test_a_call_to_the_host_would_be_seen(line):
    assert operations(line).intersection(HOST)


def test_a_dynamic_dimension_would_be_seen():
    where = tf.function(lambda it: tf.where(it > 0)[:, 0], jit_compile=True)
    text = program(where, tf.ones([8]))
    assert dynamic_shapes(text) and "set-dimension-size" in operations(text)


def test_a_call_of_python_would_not_compile():
    asking = tf.function(lambda it: tf.py_function(abs, [it], tf.float32), jit_compile=True)
    with pytest.raises(ValueError, match="EagerPyFunc"):
        program(asking, tf.ones([8]))
