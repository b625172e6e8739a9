"""examples/kserve/server.py, without its port: what is left of a version, and of a refusal."""

import importlib.util
import logging
import re
import weakref
from pathlib import Path

import pytest
import tensorflow as tf
from kserve.errors import InvalidInput, ModelNotReady
from tensorflow.python.eager import context

from tf_nst.serving.warmup import write_warmup

SCRIPT = Path(__file__).parents[2] / "examples" / "kserve" / "server.py"
RELOADS = 4


@pytest.fixture(scope="module")
def example():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("kserve_example", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Lengths(tf.Module):
    """Answers with the length of each picture's bytes, in a loop, as an export does."""

    def __init__(self):
        self.weights = [tf.Variable(tf.ones([100, 100]))]

    @tf.function(
        input_signature=[tf.TensorSpec([None], tf.string, "content_bytes")], autograph=False
    )
    def serve(self, content_bytes):
        lengths = tf.map_fn(tf.strings.length, content_bytes, fn_output_signature=tf.int32)
        return {"lengths": tf.cast(lengths, tf.float32) * self.weights[0][0, 0]}


@pytest.fixture(scope="module")
def versions(tmp_path_factory) -> Path:
    """A folder of one version."""
    folder, module = tmp_path_factory.mktemp("nst"), Lengths()
    signatures = {"serving_default": module.serve.get_concrete_function()}
    tf.saved_model.save(module, str(folder / "1"), signatures=signatures)
    write_warmup(folder / "1", "nst", {"serving_default": {"content_bytes": [b"four"]}})
    return folder


def test_a_version_is_freed_once_another_answers(example, versions):
    """Its variables, and its functions, which would make the process grow with each of them."""
    model, before, functions = example.Export("nst", versions), [], []
    for _ in range(RELOADS):
        model.load()
        assert [variable for variable in before if variable() is not None] == []
        before = [weakref.ref(variable) for variable in model.export.weights]
        functions.append(len(context.context().list_function_names()))
    assert len(before) == 1
    assert len(set(functions[1:])) == 1


def record(error: Exception) -> logging.LogRecord:
    """What kserve logs of a request that fails."""
    information = (type(error), error, error.__traceback__)
    return logging.LogRecord("kserve", logging.ERROR, "", 1, "Exception:", None, information)


def test_a_refusal_is_logged_in_a_line(example):
    refusal = record(InvalidInput("assertion failed: [steps: 100% wrong]\n\t [[node]]" + "x" * 999))
    assert example.refused_in_a_line(refusal)
    line = logging.Formatter().format(refusal)
    assert line.startswith("refused: assertion failed: [steps: 100% wrong] [[node]]xxx")
    assert "\n" not in line and len(line) < 520


def test_what_is_no_callers_fault_keeps_its_traceback(example):
    failure = record(ModelNotReady("nst"))
    assert example.refused_in_a_line(failure)
    assert "ModelNotReady: Model with name nst is not ready." in logging.Formatter().format(failure)


@pytest.mark.parametrize(
    ("flag", "line"),
    [
        ("--workers=2", "--workers: expected 1, received 2"),
        ("--model_dir={folder}", "--model_dir: expected a folder of numbered versions"),
        ("--model_dir={folder}/none", "--model_dir: .*No such file"),
    ],
)
def test_flags_that_cannot_be_served(example, tmp_path, monkeypatch, capsys, flag, line):
    monkeypatch.setattr("sys.argv", ["server.py", flag.format(folder=tmp_path)])
    with pytest.raises(SystemExit):
        example.main()
    assert re.search(line, capsys.readouterr().err)
