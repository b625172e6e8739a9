"""The folder that an export writes: whole, numbered, without Keras and without tf_nst."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from answering import counted, encoded
from tensorflow.core.protobuf import saved_model_pb2

import tf_nst
from tf_nst.errors import RunError, UserError
from tf_nst.serving import export as exporting
from tf_nst.serving.options import EXPORT_OPTIONS

PHOTO = counted(30, 44)
FRESH = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "tf_nst":
            raise ImportError("tf_nst was asked for")
sys.meta_path.insert(0, Refuse())
import tensorflow as tf
model = tf.saved_model.load("model")
data = tf.io.read_file("photo.png")
answer = model.signatures["serving_default"](content_bytes=data[None])
tf.io.write_file("out.png", answer["image_bytes"][0])
from tensorflow.python.tools import saved_model_cli
for command in sys.argv[1:]:
    sys.argv = ["saved_model_cli", *command.split()]
    try:
        saved_model_cli.main()
    except SystemExit as end:
        if end.code:
            raise
"""
SHOW = "show --dir model --all"
RUN = (
    "run --dir model --tag_set serve --signature_def stylize_tensor "
    "--inputs content=photo.npy;style=photo.npy --outdir out"
)


@pytest.fixture(scope="module")
def fresh(exported, tmp_path_factory) -> SimpleNamespace:
    """A Python process where tf_nst is on no path paints, and runs saved_model_cli twice: its
    `.folder` and what it printed, `.out`."""
    folder = tmp_path_factory.mktemp("fresh")
    (folder / "model").symlink_to(exported)
    (folder / "photo.png").write_bytes(encoded(PHOTO))
    np.save(folder / "photo.npy", PHOTO[None].astype(np.float32) / 255)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", FRESH, SHOW, RUN]
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return SimpleNamespace(folder=folder, out=done.stdout)


def test_a_fresh_process_with_tensorflow_alone_paints(fresh, signatures):
    data = tf.constant([encoded(PHOTO)])
    here = signatures["serving_default"](content_bytes=data)["image_bytes"][0]
    there = tf.io.decode_png((fresh.folder / "out.png").read_bytes()).numpy().astype(int)
    assert np.abs(there - tf.io.decode_png(here).numpy()).max() <= 1


def test_saved_model_cli_shows_and_runs_it(fresh):
    for text in ("serving_default", "stylize", "stylize_tensor", "image_bytes", "DT_STRING"):
        assert text in fresh.out
    assert np.load(fresh.folder / "out" / "images.npy").shape == (1, 30, 44, 3)


def saved_model(folder: Path) -> saved_model_pb2.SavedModel:
    return saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())


def test_it_holds_no_keras_object_and_no_path_of_this_machine(exported):
    graph = saved_model(exported).meta_graphs[0]
    kinds = {
        node.user_object.identifier
        for node in graph.object_graph_def.nodes
        if node.WhichOneof("kind") == "user_object"
    }
    assert not [kind for kind in kinds if "keras" in kind.lower()]
    data = (exported / "saved_model.pb").read_bytes()
    assert b"keras" not in data
    assert str(Path(tf_nst.__file__).parent).encode() not in data


def test_weights_stand_once_in_the_file(exported, model):
    """The variables are all that is large, and no constant repeats a kernel."""
    bytes_of_weights = sum(variable.numpy().nbytes for variable in model.weights)
    stored = sum(path.stat().st_size for path in (exported / "variables").iterdir())
    assert bytes_of_weights <= stored <= bytes_of_weights + 4096
    library = saved_model(exported).meta_graphs[0].graph_def.library
    largest = max(
        (
            node.attr["value"].tensor.ByteSize()
            for function in library.function
            for node in function.node_def
            if node.op == "Const"
        ),
        default=0,
    )
    assert largest < 4096


def test_no_function_assigns_a_variable(exported):
    graph = saved_model(exported).meta_graphs[0].graph_def
    for function in graph.library.function:
        restores = "restore" in function.signature.name
        ops = {node.op for node in function.node_def}
        assert restores or not [op for op in ops if op.startswith("Assign")]


def test_the_record_names_the_losses_in_their_order(exported):
    record = json.loads((exported / "assets.extra" / "tf_nst.json").read_text())
    assert [loss["name"] for loss in record["losses"]] == [
        "content/mean_squared/block2_conv1",
        "style/gram/block1_conv1",
        "style/gram/block2_conv1",
        "style/wasserstein/block1_conv1",
        "style/wasserstein/block2_conv1",
        "variation/squared/image",
    ]
    assert set(record["settings"]) == set(EXPORT_OPTIONS)
    assert (record["settings"]["size"], record["most_pixels"]) == (48, 50000)
    assert (record["most_request_pixels"], record["most_pictures"]) == (120_000, 5)


# --- versions, and failures that leave nothing behind ----------------------------------------


@pytest.fixture
def quick(monkeypatch):
    """Exports that write a file in place of a model."""
    empty = exporting.Model({}, [], {})
    monkeypatch.setattr(exporting, "build_model", lambda *_: empty)
    monkeypatch.setattr(
        exporting, "save_model", lambda folder, *_: (folder / "model").write_text("x")
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_next_free_number_is_taken_and_none_written_over(quick, tmp_path, painting):
    output = tmp_path / "models" / "nst"
    assert tf_nst.export(output, painting) == output / "1"
    assert tf_nst.export(str(output), painting) == output / "2"
    (output / "7").mkdir()
    (output / "notes").mkdir()
    assert tf_nst.export(output, painting) == output / "8"
    assert names(output) == ["1", "2", "7", "8", "notes"]


def test_a_number_that_is_taken_meanwhile_is_left_alone(quick, tmp_path, painting, monkeypatch):
    rename = Path.rename

    def slow(path, target):
        if target.name == "1":
            target.mkdir()
            (target / "theirs").write_text("x")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", slow)
    assert tf_nst.export(tmp_path, painting).name == "2"
    assert names(tmp_path / "1") == ["theirs"]


def test_a_failure_leaves_nothing_behind(quick, tmp_path, painting, monkeypatch):
    def fails(folder, *_):
        (folder / "half").write_text("x")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "save_model", fails)
    with pytest.raises(RunError, match=r"--output: .* cannot be written: No space left"):
        tf_nst.export(tmp_path, painting)
    assert names(tmp_path) == []


def test_an_output_that_is_a_file_is_refused_before_the_work(tmp_path, painting, monkeypatch):
    (tmp_path / "nst").write_text("mine")
    monkeypatch.setattr(exporting, "build_model", lambda *_: pytest.fail("built"))
    for output in (tmp_path / "nst", tmp_path / "nst" / "deeper" / "still"):
        with pytest.raises(UserError, match=r"--output: .*nst is a file; expected a folder"):
            tf_nst.export(output, painting)


def test_a_folder_that_cannot_be_written_to_is_refused_before_the_work(
    tmp_path, painting, monkeypatch
):
    """The nearest one that exists is tried; none is made."""

    def refuse(dir, **_):
        assert Path(dir) == tmp_path
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(exporting, "build_model", lambda *_: pytest.fail("built"))
    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    with pytest.raises(UserError, match=r"--output: .* cannot be written to \(Permission denied\)"):
        tf_nst.export(tmp_path / "models" / "nst", painting)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"init": "noise"}, "--init: expected one of matched, content, received 'noise'"),
        ({"scales": 2}, "scales: no such option of an export"),
        ({"precision": "auto"}, "--precision: expected one of float32, bfloat16, received 'auto'"),
        ({"steps": "5,10"}, "--steps: expected one number from 1 to 5000, received '5,10'"),
        ({"steps": 5001}, "--steps: expected one number from 1 to 5000, received 5001"),
        ({"style_weight": 0}, "--style_weight: expected a finite number above 0, received 0"),
        ({"content_weight": 0}, "--content_weight: expected a finite number above 0, received 0"),
        ({"max_megapixels": 0}, "--max_megapixels: expected a number above 0, up to 500"),
        (
            {"max_megapixels": "many"},
            "--max_megapixels: expected a number above 0, up to 500",
        ),
        ({"max_pictures": 0}, "--max_pictures: expected a whole number from 1 to 1024"),
        (
            {"max_request_megapixels": -1},
            "--max_request_megapixels: expected a number above 0, up to",
        ),
        ({"size": 8}, "--size: expected at least 16 pixels for these layers, received 8"),
        ({"style_size": 8}, "--style: array at --style_size=8 is too small"),
        ({"style_layers": "conv9_1"}, "--style_layers: expected layers of vgg19"),
    ],
)
def test_options_that_cannot_be_exported(tmp_path, painting, options, line):
    with pytest.raises(UserError, match=line):
        tf_nst.export(tmp_path / "nst", painting, **options)
    assert not (tmp_path / "nst").exists()


@pytest.mark.parametrize("style", [[], [("a.png", 0.0)], [("a.png", "x")], [("a.png",)], 7])
def test_styles_that_cannot_be_read(tmp_path, style):
    with pytest.raises(UserError, match="--style: expected"):
        tf_nst.export(tmp_path, style)
