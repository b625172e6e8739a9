"""Exports of other options answer the command's pictures too."""

import pytest
import tensorflow as tf
from answering import CLOSE, assert_same_picture, call, counted, encoded, painted
from tolerances import assert_within

import tf_nst
from tf_nst.serving import model as building
from tf_nst.serving.signatures import make_serving_default

PHOTO = counted(30, 44)
SHALLOW = {
    "weights": "random",
    "precision": "float32",
    "content_layers": "conv1_1",
    "style_layers": "conv1_1",
    "lbfgs_pairs": 3,
}


@pytest.fixture(autouse=True)
def one_signature(monkeypatch):
    """Leaves out the others, which are not asked, and take as long each to trace, save and load."""

    def build(recipe, baked, limits, network):
        function = make_serving_default(recipe, baked, limits)
        return {"serving_default": function.get_concrete_function()}

    monkeypatch.setattr(building, "build_signatures", build)


def served(folder, painting, options, photo):
    """What an export with these options answers to a photograph."""
    model = tf.saved_model.load(str(tf_nst.export(folder, painting, **options)))
    return call(model.signatures["serving_default"], content_bytes=[encoded(photo)])


@pytest.mark.parametrize(
    ("optimizer", "size", "steps"),
    [("adam", 150, 20), ("lbfgs", 48, 3)],
    ids=["several scales, averaged", "lbfgs"],
)
def test_other_optimizers_and_sizes(tmp_path, painting, optimizer, size, steps):
    options = SHALLOW | {"optimizer": optimizer, "size": size, "steps": steps}
    photo = counted(size - 20, size)
    answer = served(tmp_path, painting, options, photo)
    expected, losses = painted(photo, painting, **options)
    assert_same_picture(answer["image_bytes"][0], expected)
    assert_within(answer["losses"][0], losses, CLOSE)


def test_bfloat16_is_computed_and_kept_where_it_is_asked_for(tmp_path, painting, options):
    once = options | {"steps": 1}
    folder = tf_nst.export(tmp_path, painting, **once | {"precision": "bfloat16"})
    model = tf.saved_model.load(str(folder))
    kernels = [variable for variable in model.weights if variable.shape[:2] == [3, 3]]
    assert {kernel.dtype for kernel in kernels} == {tf.bfloat16}
    answer = call(model.signatures["serving_default"], content_bytes=[encoded(PHOTO)])
    exact = painted(PHOTO, painting, **once)[1]
    assert_within(answer["losses"][0], exact, 5e-2)


def test_imagenets_weights_are_painted_with_as_the_command_paints(tmp_path, painting):
    """All layers that a picture takes by itself."""
    options = {"size": 48, "steps": 2, "optimizer": "adam", "precision": "float32"}
    options["weights"] = "imagenet"
    photo = counted(36, 48)
    answer = served(tmp_path, painting, options, photo)
    expected, losses = painted(photo, painting, **options)
    assert_same_picture(answer["image_bytes"][0], expected)
    assert_within(answer["losses"][0], losses, CLOSE)
