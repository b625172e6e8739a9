"""Distillation on a tiny teacher: it learns, resumes, and never sees a judged picture."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from distillation import networks
from distillation.batches import SHARES, Batches
from distillation.calibration import SOFTENED, balance, revived, softened
from distillation.distiller import kernel_errors
from distillation.pictures import JUDGED, JudgedPictureError, picture_paths
from distillation.synthetic import SPOILINGS, noise_picture, pattern_picture
from distillation.training import Options, Trainer, learning_rate

STEPS = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two small pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(5)
    for index in range(2):
        pixels = rng.integers(0, 256, (40, 56, 3), np.uint8)
        Image.fromarray(pixels).resize((112, 80)).save(folder / f"{index}.png")
    return str(folder)


@pytest.fixture
def batches(folder):
    return Batches([folder], "", crop=32, batch=4, seed=4)


class SameBatch(Batches):
    """The same batch for ever: its loss can only fall."""

    def make(self, index):
        return super().make(0)


def trainer(batches, tiny, tiny_arrays, **options):
    """A trainer of half a tiny network in float32."""
    defaults = {"steps": 2 * STEPS, "rate": 1e-2, "policy": "float32", "report_steps": 1}
    return Trainer(Options(**{**defaults, **options}), batches, tiny, tiny_arrays)


def test_loss_falls_and_a_stopped_run_ends_where_a_whole_one_does(
    folder, tiny, tiny_arrays, tmp_path
):
    batches = SameBatch([folder], "", crop=32, batch=4, seed=4)
    lines, first, second = [], str(tmp_path / "first"), str(tmp_path / "second")
    whole = trainer(batches, tiny, tiny_arrays, checkpoint=first)
    whole.run(lines.append)
    half = trainer(batches, tiny, tiny_arrays, checkpoint=second, stop_after=STEPS)
    half.run(lambda line: None)
    rest = trainer(batches, tiny, tiny_arrays, checkpoint=second)
    assert (half.step, half.share, rest.step) == (STEPS, 0.5, STEPS)
    rest.run(lambda line: None)

    losses = [float(line.split("loss ")[1].split()[0]) for line in lines]
    assert len(losses) == whole.step == rest.step == 2 * STEPS
    assert np.mean(losses[-2:]) < 0.9 * np.mean(losses[:2])
    assert rest.optimizer.iterations == whole.optimizer.iterations
    for name, (kernel, bias) in whole.student().items():
        np.testing.assert_allclose(rest.student()[name][0], kernel, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(rest.student()[name][1], bias, rtol=1e-3, atol=1e-3)


def test_lower_blocks_stay_as_they_are(batches, tiny, tiny_arrays, tmp_path):
    output = str(tmp_path / "student.npz")
    options = {"first_block": 4, "kernel": 1.0, "repeats": 2, "stop_after": 3, "output": output}
    upper = trainer(batches, tiny, tiny_arrays, **options)
    before = upper.student()
    upper.run(lambda line: None)
    changed = [
        name
        for name, (kernel, _) in networks.read_npz(output).items()
        if not np.allclose(kernel, before[name][0], rtol=2e-3, atol=1e-6)
    ]
    assert changed and all(networks.block_of(name) >= 4 for name in changed)


def test_npz_round_trip(tiny, tmp_path):
    arrays, path = networks.random_arrays(tiny, seed=1), str(tmp_path / "new" / "student.npz")
    networks.write_npz(path, arrays, {"network": "tiny", "width": 0.5})
    read = networks.read_npz(path)
    assert list(read) == list(arrays)
    for name, (kernel, bias) in arrays.items():
        np.testing.assert_array_equal(read[name][0], kernel.astype(np.float16))
        np.testing.assert_array_equal(read[name][1], bias)
    with np.load(path) as file:
        assert file["block1_conv1_kernel"].dtype == np.float16
        assert (str(file["network"]), float(file["width"])) == ("tiny", 0.5)


def test_scaled_arrays_scale_the_features(tiny, tiny_arrays):
    factors = {"block1_conv1": np.array([1.0, 2.0, 0.5, 4.0]), "block1_conv2": np.full(4, 3.0)}
    image = np.random.default_rng(2).normal(size=(1, 10, 10, 3)).astype(np.float32)
    names = ["block1_conv1", "block1_conv2", "block2_conv1"]
    arrays = networks.scaled(tiny_arrays, factors)
    plain, other = (
        networks.build(tiny, item, names, dtype="float32").predict_on_batch(image)
        for item in (tiny_arrays, arrays)
    )
    for name in names:
        expected = plain[name] * factors.get(name, 1.0)
        np.testing.assert_allclose(other[name], expected, rtol=1e-4, atol=1e-4)


def test_width_narrows_every_layer(tiny):
    assert networks.narrowed(tiny, 0.5).channels == (2, 2, 4, 4, 4)


def test_batches_are_seeded(folder, batches):
    again, other = (Batches([folder], "", crop=32, batch=4, seed=seed) for seed in (4, 5))
    first = batches.make(7)
    assert first.shape == (4, 32, 32, 3) and first.dtype == np.float32
    np.testing.assert_array_equal(first, again.make(7))
    np.testing.assert_array_equal(first, next(again.prefetched(7)))
    assert not np.array_equal(first, batches.make(8))
    assert not np.array_equal(first, other.make(7))


def test_shares_of_crops_add_up():
    assert sum(SHARES.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", JUDGED)
def test_judged_pictures_are_refused(name, tmp_path):
    (tmp_path / f"{name}.JPG").touch()
    with pytest.raises(JudgedPictureError, match=name):
        picture_paths(str(tmp_path))


@pytest.mark.parametrize("make", [noise_picture, pattern_picture, *SPOILINGS])
def test_synthetic_pictures(make):
    rng = np.random.default_rng(0)
    for _ in range(20):
        size = 24 if make in (noise_picture, pattern_picture) else np.full((24, 24, 3), 99.0)
        picture = make(size, rng)
        assert picture.shape == (24, 24, 3) and np.isfinite(picture).all()


def test_learning_rate_warms_up_and_falls():
    rates = [learning_rate(share, 1.0) for share in (0.0, 0.02, 0.5, 1.0, 1.5)]
    assert rates[0] < 0.2 and rates[1] > 0.95 and rates[2] == pytest.approx(0.51)
    assert rates[3] == rates[4] == pytest.approx(0.02)


def test_kernel_errors_are_those_of_inner_products():
    rng = np.random.default_rng(1)
    found, wanted = rng.random((2, 3, 4, 5)), rng.random((2, 3, 4, 6))
    errors = kernel_errors(found.astype(np.float32), wanted.astype(np.float32))
    for error, mean in zip(errors, (0.0, 1.0), strict=True):
        rows = [item.reshape(24, -1) - mean * item.mean((0, 1, 2)) for item in (found, wanted)]
        own, theirs = (item @ item.T for item in rows)
        expected = np.square(own - theirs).sum() / np.square(theirs).sum()
        assert float(error) == pytest.approx(expected, rel=1e-3)


def test_balance_undoes_factors():
    """Channels that are the teacher's own, times factors, are given back their size."""
    rng = np.random.default_rng(3)
    wanted = rng.gamma(0.5, 1.0, (4000, 4))
    factors = np.array([0.2, 1.0, 3.0, 7.0])
    rows = np.concatenate([wanted * factors, wanted, np.ones((4000, 1))], 1)
    found = balance(rows.T @ rows / len(rows), 4)
    np.testing.assert_allclose(found * factors, 1.0, rtol=0.02)


def test_relu_is_exact():
    values = np.array([-2.0, -0.5, 0.0, 3.0], np.float32)
    np.testing.assert_array_equal(np.asarray(networks.relu(values)), [0.0, 0.0, 0.0, 3.0])


def test_silent_channels_are_revived_and_not_looked_at(tiny):
    arrays = networks.random_arrays(tiny, seed=1)
    dead = {name: np.arange(len(bias)) == 1 for name, (_, bias) in arrays.items()}
    result = revived(arrays, dead)
    for name, (kernel, bias) in result.items():
        assert bias[1] == 0
        if name != "block1_conv1":
            assert not kernel[:, :, 1].any()
        np.testing.assert_array_equal(kernel[:, :, 2, 2], arrays[name][0][:, :, 2, 2])


def test_softening_takes_alternation_and_leaves_slopes(tiny):
    name, share = next(iter(SOFTENED.items()))
    arrays = networks.random_arrays(tiny, seed=1)
    before, after = arrays[name][0], softened(arrays)[name][0]
    ramp = np.arange(3.0)[:, None, None, None] * np.ones((3, 3, 1, 1))
    alternation = np.array([1.0, -2.0, 1.0])[:, None, None, None] * np.ones((3, 3, 1, 1))
    for picture, factor in ((ramp, 1.0), (alternation, share)):
        seen = [(kernel * picture).sum((0, 1)) for kernel in (before, after)]
        np.testing.assert_allclose(seen[1], factor * seen[0], atol=1e-5)
