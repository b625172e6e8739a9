"""Painting from Python: what is taken, what comes back, and that it is what the command paints."""

import gc
from types import SimpleNamespace

import numpy as np
import pytest
from paintings import PAINTING, PHOTO
from PIL import Image as Pillow

import tf_nst
from tf_nst.cli.run import main
from tf_nst.config import config_from_options
from tf_nst.engine.events import Finished, ScaleStarted, StepsDone
from tf_nst.engine.failures import NonFiniteLossError
from tf_nst.errors import UserError
from tf_nst.io.images import Image, read_image
from tf_nst.io.inputs import read_inputs
from tf_nst.painting import prepare

OPTIONS = {
    "size": 32,
    "steps": 2,
    "weights": "random",
    "content_layers": "conv2_1",
    "style_layers": "conv1_1,conv2_1:2",
    "optimizer": "adam",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """photo.png and painting.png."""
    path = tmp_path_factory.mktemp("pictures")
    Pillow.fromarray(PHOTO).save(path / "photo.png")
    Pillow.fromarray(PAINTING).save(path / "painting.png")
    return path


@pytest.fixture(scope="module")
def engine() -> tf_nst.Engine:
    """For paintings by equal settings."""
    return tf_nst.Engine()


@pytest.fixture(scope="module")
def ran(tmp_path_factory, engine) -> SimpleNamespace:
    """One painting of the two arrays with OPTIONS: its `.image`, the arrays `.given` as they are
    afterwards, the events of two listeners, and the working directory `.here`."""
    given, first, second = (PHOTO.copy(), PAINTING.copy()), [], []
    here = tmp_path_factory.mktemp("here")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        listeners = (first.append, second.append)
        image = tf_nst.stylize(*given, listeners=listeners, engine=engine, **OPTIONS)
    return SimpleNamespace(image=image, given=given, first=first, second=second, here=here)


@pytest.fixture(scope="module")
def painted(ran) -> np.ndarray:
    """Its pixels."""
    return np.asarray(ran.image)


# --- what is taken ---------------------------------------------------------------------------


def test_an_image_of_the_right_size_comes_back(ran):
    image = ran.image
    assert isinstance(image, Image)
    assert (image.height, image.width, image.depth, image.alpha) == (24, 32, 8, None)


@pytest.mark.parametrize("kind", [str, lambda path: path, read_image], ids=["str", "Path", "Image"])
def test_files_paint_the_same_as_arrays(folder, painted, engine, kind):
    files = kind(folder / "photo.png"), kind(folder / "painting.png")
    image = tf_nst.stylize(*files, engine=engine, **OPTIONS)
    np.testing.assert_array_equal(np.asarray(image), painted)


def test_a_picture_of_pillow_and_names_of_layers_in_a_list_are_taken(painted, engine):
    photo, painting = map(Pillow.fromarray, (PHOTO, PAINTING))
    options = OPTIONS | {"style_layers": ["conv1_1", "conv2_1:2"]}
    image = tf_nst.stylize(photo, painting, engine=engine, **options)
    np.testing.assert_array_equal(np.asarray(image), painted)


def test_floating_arrays_paint_the_same_as_integers(painted, engine):
    photo, painting = PHOTO.astype(np.float32) / 255, PAINTING.astype(np.float64) / 255
    image = tf_nst.stylize(photo, painting, engine=engine, **OPTIONS)
    np.testing.assert_array_equal(np.asarray(image), painted)


def test_depth_and_alpha_of_the_content_come_back():
    alpha = np.full((48, 64), 40000, np.uint16)
    deep = Image(PHOTO.astype(np.uint16) * 257, alpha)
    image = tf_nst.stylize(deep, PAINTING, **OPTIONS | {"size": 64})
    assert image.depth == 16
    np.testing.assert_array_equal(image.alpha, alpha)


def test_the_arrays_of_the_caller_are_left_alone(ran):
    for given, before in zip(ran.given, (PHOTO, PAINTING), strict=True):
        np.testing.assert_array_equal(given, before)


def test_the_content_and_the_style_each_have_a_say(painted, engine):
    for photo, painting in ((255 - PHOTO, PAINTING), (PHOTO, PAINTING // 3)):
        image = tf_nst.stylize(photo, painting, engine=engine, **OPTIONS)
        assert (np.asarray(image) != painted).any()


@pytest.mark.parametrize("init", ["noise", "style_statistics"])
def test_the_seed_is_that_of_the_noise(init):
    def start(seed: int) -> np.ndarray:
        config = config_from_options(OPTIONS | {"init": init, "seed": seed})
        return prepare(config, read_inputs(config, PHOTO, PAINTING), pytest.fail).job.initial

    np.testing.assert_array_equal(start(1), start(1))
    assert (start(1) != start(2)).any()


def test_a_run_goes_on_from_a_state_of_its_events(painted):
    engine, states = tf_nst.Engine(), []
    keep = (lambda event: states.append(event.snapshot()),)
    tf_nst.stylize(PHOTO, PAINTING, listeners=keep, engine=engine, **OPTIONS)
    assert [state.step for state in states] == [0, 1, 2, 2]
    image = tf_nst.stylize(PHOTO, PAINTING, state=states[1], engine=engine, **OPTIONS)
    np.testing.assert_array_equal(np.asarray(image), painted)
    others = (({"size": 40}, r"\[1, 24, 32, 3\]$"), ({"optimizer": "lbfgs"}, "another optimiser"))
    for options, received in others:
        with pytest.raises(UserError, match=rf"^state: expected that of .*, received .*{received}"):
            tf_nst.stylize(PHOTO, PAINTING, state=states[1], **OPTIONS | options)


# --- what is told ----------------------------------------------------------------------------


def test_every_listener_is_called_with_every_event_in_order(ran):
    first = ran.first
    assert [type(event) for event in first] == [type(event) for event in ran.second]
    assert isinstance(first[0], ScaleStarted) and isinstance(first[-1], Finished)
    calls = first[1:-1]
    assert all(isinstance(event, StepsDone) for event in calls)
    assert calls[-1].step == OPTIONS["steps"]
    assert sum(len(next(iter(event.values.values()))) for event in calls) == OPTIONS["steps"]
    last = Image.from_float(first[-1].image[0].numpy())
    np.testing.assert_array_equal(np.asarray(last), np.asarray(ran.image))


def test_the_report_gets_the_notes_of_the_pictures_and_nothing_is_printed(tmp_path, capfd):
    frames = [Pillow.new("RGB", (32, 24), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    lines = []
    tf_nst.stylize(tmp_path / "two.gif", PAINTING, report=lines.append, **OPTIONS | {"steps": 1})
    assert any("first of 2 frames" in line for line in lines)
    assert capfd.readouterr() == ("", "")


def test_the_weights_by_default_are_in_the_box_and_nothing_is_told(
    tmp_path, monkeypatch, capfd, painted
):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    options = {name: value for name, value in OPTIONS.items() if name != "weights"}
    image = tf_nst.stylize(PHOTO, PAINTING, report=pytest.fail, **options)
    assert (np.asarray(image) != painted).any()
    assert capfd.readouterr() == ("", "") and not (tmp_path / "models").exists()


def test_nothing_is_written_to_the_working_directory(ran):
    assert list(ran.here.iterdir()) == []


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"stepz": 3}, "stepz: no such option, expected one of "),
        ({"output": "a.png"}, "output: no such option"),
        ({"masks": "a.png"}, "keep, style_mask, labels; nearest: mask"),
        ({"steps": 0}, "--steps: expected a whole number from 1"),
        ({"style_layers": "conv9_1"}, "--style_layers: expected layers of vgg19"),
        ({"weights": "none.h5"}, "--weights="),
        ({"init": "none.png"}, "--init: expected matched, content, noise"),
    ],
)
def test_unusable_options_are_refused(options, said):
    with pytest.raises(UserError) as error:
        tf_nst.stylize(PHOTO, PAINTING, **OPTIONS | options)
    assert said in str(error.value)


def test_a_missing_file_is_refused_by_the_name_of_its_argument():
    with pytest.raises(UserError, match=r"^--style: none\.png does not exist"):
        tf_nst.stylize(PHOTO, "none.png", **OPTIONS)


def test_a_loss_that_is_not_finite_is_told_with_the_last_good_picture():
    with pytest.raises(NonFiniteLossError, match="gradient is not finite at step 1") as error:
        tf_nst.stylize(PHOTO, PAINTING, **OPTIONS | {"style_weight": 1e38, "steps": 5})
    picture = error.value.image.numpy()
    assert picture.shape == (1, 24, 32, 3) and np.isfinite(picture).all()


# --- many pictures ---------------------------------------------------------------------------


def living_graphs() -> int:
    """How many traced graphs there are."""
    from tensorflow.python.framework.func_graph import FuncGraph

    gc.collect()
    return sum(issubclass(type(it), FuncGraph) for it in gc.get_objects())


def test_many_pictures_in_one_program_leave_nothing_and_make_tensorflow_warn_of_nothing(caplog):
    """A graph that stays takes megabytes; test_memory_over_runs.py measures them."""
    graphs = []
    for _ in range(4):
        tf_nst.stylize(PHOTO, PAINTING, **OPTIONS)
        graphs.append(living_graphs())
    assert caplog.text == ""
    assert graphs[3] == graphs[1]


# --- the command -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"optimizer": "lbfgs"},
        {"init": "style_statistics", "seed": 5, "pooling": "l2", "tv_weight": 0.5},
    ],
    ids=["lbfgs", "other options"],
)
def test_the_command_paints_the_same_pixels(folder, tmp_path, more):
    options = OPTIONS | more
    image = tf_nst.stylize(folder / "photo.png", folder / "painting.png", **options)
    files = {"content": folder / "photo.png", "style": folder / "painting.png"}
    flags = files | {"output": tmp_path / "out.png"} | options
    assert main(["tf-nst", *(f"--{name}={value}" for name, value in flags.items())]) == 0
    np.testing.assert_array_equal(np.asarray(image), np.asarray(read_image(tmp_path / "out.png")))
