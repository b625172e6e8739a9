"""Which states a run may go on from, and which it refuses in one line."""

from pathlib import Path

import numpy as np
import pytest

from tf_nst.config import config_from_options, options_from_config
from tf_nst.errors import UserError
from tf_nst.io import resume
from tf_nst.io.resume import changed_packages, check_digests, describe_run, resume_run
from tf_nst.io.state_file import write_state

DIGESTS = {"content": "c" * 64, "style": "a" * 64, "weights": "b" * 64}


@pytest.fixture
def save(tmp_path):
    """Writes a state of 250 steps, in scales of 60, 60 and 130: options and what else is changed in
    its description -> its path."""

    def write(options=None, resolved=None, steps=(60, 60, 130), replaced=(), **changes) -> Path:
        requested = config_from_options(options or {})
        resolved = config_from_options({**options_from_config(requested), **(resolved or {})})
        description = describe_run(requested, resolved, steps=steps, gigabytes=3.5, digests=DIGESTS)
        place = {"scale": 1, "step": 70, "seconds": 9.5, "history": {}}
        description |= place | changes | dict(replaced)
        write_state(tmp_path / "out.state", description, {"x": np.zeros(3)})
        return tmp_path / "out.state"

    return write


def go_on(path, **options):
    return resume_run(path, config_from_options(options))


def test_the_same_options_go_on_with_the_resolved_ones_and_the_memory_of_then(save):
    resolved = {"precision": "float32", "xla": "off", "learning_rate": 1.0, "tile": "off,off,512"}
    resumed = go_on(save({"size": 700}, resolved), size=700)
    recorded = options_from_config(resumed.recorded)
    assert recorded == options_from_config(config_from_options({"size": 700} | resolved))
    again = {"steps": "60,60,130", "scales": 3, "memory": 3.5, "tile": "auto"}
    assert options_from_config(resumed.config) == recorded | again
    assert resumed.description["step"] == 70


def test_seconds_go_on_with_the_steps_that_they_allowed(save):
    path = save({"seconds": 60.0}, {"seconds": None, "steps": "60,60,130", "scales": 3})
    resumed = go_on(path, seconds=60.0)
    assert resumed.config.steps == (60, 60, 130) and resumed.recorded.seconds is None


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"style_weight": 2.0}, r"--style_weight: expected 270\.0, .*out\.state.*, received 2\.0"),
        ({"optimizer": "adam"}, r"--optimizer: expected lbfgs, .*, received adam"),
        ({"learning_rate": 0.5}, r"--learning_rate: expected none, .*, received 0\.5"),
        ({"seconds": 60.0}, r"--seconds: expected none, .*, received 60\.0"),
        ({"style_layers": "conv1_1"}, "--style_layers: expected block1.*, received conv1_1"),
    ],
)
def test_another_value_of_an_option_is_refused(save, options, refusal):
    with pytest.raises(UserError, match=refusal) as caught:
        go_on(save(), **options)
    assert "\n" not in str(caught.value) and caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["init", "weights"])
def test_a_file_may_have_another_name(save, name):
    """What it holds is compared by its digest."""
    path = save({name: "/then/a.png"}, {name: "/then/a.png"})
    resumed = go_on(path, **{name: "b.png"})
    for config in (resumed.config, resumed.recorded):
        assert options_from_config(config)[name] == "b.png"


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("init", "content", "a.png"),
        ("init", "a.png", "content"),
        ("init", "noise", "content"),
        ("init", "blend:0.3", "blend:0.7"),
        ("weights", "imagenet", "a.h5"),
        ("weights", "a.h5", "random"),
    ],
)
def test_a_word_is_no_file(save, name, one, other):
    with pytest.raises(UserError, match=f"--{name}: expected {one}, .*, received {other}"):
        go_on(save({name: one}), **{name: other})


def test_another_version_is_refused(save):
    with pytest.raises(
        UserError, match=r"--resume: expected a state of .*, received .* of 0\.0\.1"
    ):
        go_on(save(version="0.0.1"))


def test_a_damaged_file_is_refused(save):
    path = save()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match="--resume: expected a whole state of tf_nst, received"):
        go_on(path)


@pytest.mark.parametrize(
    "changes",
    [
        {name: None}
        for name in ("version", "versions", "options", "resolved", "steps", "memory", "seconds")
    ]
    + [{"versions": {}}, {"options": {}}, {"steps": []}, {"step": [1]}, {"history": []}],
    ids=str,
)
def test_a_description_that_is_none_is_refused(save, changes):
    with pytest.raises(UserError, match="--") as caught:
        go_on(save(replaced=changes), steps=251)
    assert caught.value.exit_code == 2 and "\n" not in str(caught.value)


def test_a_state_without_digests_is_refused(save):
    with pytest.raises(UserError, match=r"damaged .*; remove it, or choose another --output"):
        check_digests(go_on(save(digests={})), DIGESTS)


@pytest.mark.parametrize("flag", DIGESTS)
def test_another_file_is_refused(save, flag):
    resumed = go_on(save())
    check_digests(resumed, DIGESTS)
    with pytest.raises(UserError, match=f"--{flag}: expected the file .*, received another one"):
        check_digests(resumed, DIGESTS | {flag: "d" * 64})


def test_other_packages_are_a_line_each(save, monkeypatch):
    now = resume.versions()
    resumed = go_on(save(versions=now | {"tensorflow": "2.0"}))
    (line,) = changed_packages(resumed)
    assert "tensorflow 2.0" in line and now["tensorflow"] in line
    assert changed_packages(go_on(save())) == []


# --- more steps ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "steps", "expected"),
    [
        ("250", "251", (60, 60, 131)),
        ("250", "60,60,200", (60, 60, 200)),
        ("250", "60,80,130", (60, 80, 130)),
        ("60,60,130", "60,61,131", (60, 61, 131)),
        ("60,60,130", "300", (60, 60, 180)),
    ],
)
def test_more_steps_are_those_of_the_scales_that_are_left(save, before, steps, expected):
    resumed = go_on(save({"steps": before}), steps=steps)
    assert resumed.config.steps == resumed.recorded.steps == expected


@pytest.mark.parametrize("steps", ["249", "60,60,129", "61,60,130", "60,190", "59,61,130"])
def test_fewer_steps_or_more_at_a_scale_that_is_done_are_refused(save, steps):
    with pytest.raises(UserError, match=f"--steps: expected 250 or more.*, received {steps}$"):
        go_on(save(), steps=steps)


def test_the_last_scale_may_have_been_left_out(save):
    path = save({"steps": "60,190,0"}, steps=(60, 190, 0))
    assert go_on(path, steps="300").config.steps == (60, 240, 0)
