"""One byte a weight: codebooks that hands and theory can check, and files that come out again."""

import hashlib
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from tf_nst.errors import UserError
from tf_nst.model.bundled import BUNDLED, decode_codebook
from tf_nst.model.hdf5 import convolutions

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from bundle_weights import DATA, LEVELS, bundle, encode, fit_codebook, nearest

ROOT = Path(__file__).resolve().parents[2]

WIDE, NARROW = (3, 3, 64, 64), (3, 3, 3, 64)


def he_normal(shape) -> np.ndarray:
    """Weights as a layer of this shape starts with: variance 2 / fan-in."""
    deviation = np.sqrt(2 / np.prod(shape[:3]))
    return np.random.default_rng(5).normal(0, deviation, shape).astype(np.float32)


def laplace(shape) -> np.ndarray:
    """Weights with heavy tails."""
    return np.random.default_rng(6).laplace(0, 0.03, shape).astype(np.float32)


def distances(values, levels) -> np.ndarray:
    """[value, level] float64."""
    return np.abs(np.float64(values).reshape(-1, 1) - np.float64(levels))


def relative_error(values, levels) -> float:
    """Of each value's nearest level: root mean square, as a share of that of the values."""
    squares = np.mean(distances(values, levels).min(1) ** 2)
    return float(np.sqrt(squares / np.mean(np.float64(values) ** 2)))


def coded_and_back(values) -> np.ndarray:
    codebook = fit_codebook(values)
    return codebook[nearest(codebook, values)]


# --- codebooks by hand -----------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256])
def test_as_many_numbers_as_levels_are_kept_exactly(count):
    values = np.resize(np.linspace(-0.7, 1.3, count, dtype=np.float32), (3, 3, 8, 16))
    codebook = fit_codebook(values)
    assert codebook.shape == (LEVELS,) and codebook.dtype == np.float32
    np.testing.assert_array_equal(np.unique(codebook), np.unique(values))
    np.testing.assert_array_equal(coded_and_back(values), values)


def test_of_257_numbers_the_two_nearest_share_their_mean():
    values = np.append(np.arange(256), 255.5).astype(np.float32)
    np.testing.assert_array_equal(fit_codebook(values), [*range(255), 255.25])


def test_pairs_of_neighbours_share_their_mean():
    values = np.concatenate([np.arange(256) - 0.125, np.arange(256) + 0.125]).astype(np.float32)
    np.testing.assert_array_equal(fit_codebook(values), np.arange(256))


def test_two_far_clusters_each_have_levels():
    """A thousand numbers in a thousandth of the range each: 128 levels leave 8 numbers a level."""
    values = (np.arange(1000) / 1000 + [[0], [1000]]).astype(np.float32)
    assert np.abs(coded_and_back(values) - values).max() < 0.01


def test_lone_numbers_far_off_have_levels_of_their_own():
    values = np.append(he_normal(WIDE), np.float32([5, 6, -7]))
    codebook = fit_codebook(values)
    assert (codebook[0], codebook[-2], codebook[-1]) == (-7, 5, 6)


def test_a_number_that_most_weights_are_takes_one_level_only():
    """The others are evenly spread, and 255 equal steps are off by 1/255 of their size."""
    values = np.append(np.zeros(100_000), np.linspace(-1, 1, 3000)).astype(np.float32)
    codebook = fit_codebook(values)
    assert len(np.unique(codebook)) == LEVELS
    assert (np.abs(codebook) < 1 / 255).sum() == 1
    assert relative_error(values, codebook) < 1 / 254


def test_the_nearest_level_is_told_by_the_exact_midpoint():
    """The midpoint 1 + 1.5 ulp is not float32; rounded to even it would be the value itself."""
    ulp = np.float32(2**-23)
    codebook = np.float32([1, 1 + 3 * ulp])
    np.testing.assert_array_equal(nearest(codebook, np.float32([1 + ulp, 1 + 2 * ulp])), [0, 1])


# --- codebooks by theory ---------------------------------------------------------------------

RANDOM = pytest.mark.parametrize(
    "values", [he_normal(WIDE), he_normal(NARROW), laplace(WIDE)], ids=["wide", "narrow", "laplace"]
)


@RANDOM
def test_every_code_is_that_of_the_nearest_level(values):
    codebook = fit_codebook(values)
    codes = nearest(codebook, values)
    assert codes.dtype == np.uint8 and codes.shape == values.shape
    all_distances = distances(values, codebook)
    taken = np.take_along_axis(all_distances, codes.reshape(-1, 1).astype(int), 1)
    np.testing.assert_array_equal(taken[:, 0], all_distances.min(1))


@RANDOM
def test_every_level_is_the_mean_of_the_values_nearest_to_it(values):
    """To the rounding of the level to float32."""
    codebook = fit_codebook(values)
    owners = distances(values, codebook).argmin(1)
    for code, level in enumerate(codebook):
        mean = np.float64(values).ravel()[owners == code].mean()
        assert abs(mean - level) <= np.spacing(np.abs(level))


@RANDOM
def test_levels_ascend(values):
    assert (np.diff(fit_codebook(values)) > 0).all()


# Of the best 256 levels there are (Panter and Dite 1951): sqrt(sqrt(3) pi / 2) / 256 = 0.644 % for
# a normal density, sqrt(4.5) / 256 = 0.829 % for Laplace's.
@pytest.mark.parametrize(
    ("values", "allowed"),
    [(he_normal(WIDE), 0.0065), (he_normal(NARROW), 0.0065), (laplace(WIDE), 0.0084)],
    ids=["wide", "narrow", "laplace"],
)
def test_the_error_is_that_of_the_best_levels(values, allowed):
    error = relative_error(values, fit_codebook(values))
    equal_steps = np.linspace(values.min(), values.max(), LEVELS)
    assert error <= allowed
    assert error < relative_error(values, equal_steps)


# --- sources ---------------------------------------------------------------------------------


@pytest.fixture
def coded(tiny_arrays) -> dict:
    return encode(tiny_arrays)


def saved(path: Path, arrays: dict) -> str:
    np.savez(path, **arrays)
    return str(path)


def test_a_file_of_keras_becomes_codes_and_each_layers_error_is_told(
    tmp_path, tiny, tiny_arrays, capsys
):
    """As Keras 2 writes it; tests/model/test_weights.py reads every layout."""
    path = str(tmp_path / "tiny.h5")
    with h5py.File(path, "w") as file:
        for name, (kernel, bias) in tiny_arrays.items():
            file[f"{name}/{name}/kernel:0"], file[f"{name}/{name}/bias:0"] = kernel, bias
    coded = bundle(path, tiny)
    lines = capsys.readouterr().out.splitlines()
    assert len(coded) == 3 * len(tiny_arrays)
    for line, (name, (kernel, bias)) in zip(lines, tiny_arrays.items(), strict=True):
        again, bias_again = decode_codebook(coded, name)
        np.testing.assert_array_equal(bias_again, bias)
        error = np.sqrt(np.mean((again - kernel) ** 2) / np.mean(kernel**2))
        assert error < 0.0065
        assert line == f"{name}: error {error:.2%} of the weights' rms"


def test_codes_are_taken_unchanged_and_in_the_order_of_the_layers(tmp_path, tiny, coded):
    mixed = {**dict(reversed(coded.items())), "of_no_layer": np.ones(3)}
    again = bundle(saved(tmp_path / "mixed.npz", mixed), tiny)
    parts = ("codes", "codebook", "bias")
    names = [layer.name for layer in convolutions(tiny.layers)]
    assert list(again) == [f"{name}_{part}" for name in names for part in parts]
    for name, array in again.items():
        assert array.dtype == coded[name].dtype
        np.testing.assert_array_equal(array, coded[name])


def test_codes_give_the_same_file_byte_for_byte(tmp_path, tiny, coded):
    first = saved(tmp_path / "first.npz", coded)
    mixed = saved(tmp_path / "mixed.npz", dict(reversed(coded.items())))
    for source in (first, mixed):
        saved(tmp_path / "again.npz", bundle(source, tiny))
        assert (tmp_path / "again.npz").read_bytes() == Path(first).read_bytes()


def refusal(source: str, network) -> str:
    with pytest.raises(UserError) as caught:
        bundle(source, network)
    line = str(caught.value)
    assert "expected" in line and "received" in line and source in line and "\n" not in line
    return line


@pytest.mark.parametrize("part", ["codes", "codebook", "bias"])
def test_an_array_that_is_missing_is_named(tmp_path, tiny, coded, part):
    del coded[f"block3_conv2_{part}"]
    line = refusal(saved(tmp_path / "a.npz", coded), tiny)
    assert f"expected block3_conv2_{part} in " in line


@pytest.mark.parametrize(
    ("name", "array", "expected", "received"),
    [
        ("codes", np.zeros((3, 3, 4, 4), np.uint8), "uint8 (3, 3, 4, 8)", "uint8 (3, 3, 4, 4)"),
        ("codes", np.zeros((3, 3, 4, 8), np.int8), "uint8 (3, 3, 4, 8)", "int8 (3, 3, 4, 8)"),
        ("codebook", np.zeros(255, np.float32), "float32 (256,)", "float32 (255,)"),
        ("codebook", np.zeros(256, np.float16), "float32 (256,)", "float16 (256,)"),
        ("bias", np.zeros((8, 1), np.float32), "float32 (8,)", "float32 (8, 1)"),
        ("bias", np.zeros(8), "float32 (8,)", "float64 (8,)"),
    ],
)
def test_an_array_of_another_shape_or_type_is_refused_with_both(
    tmp_path, tiny, coded, name, array, expected, received
):
    coded[f"block3_conv1_{name}"] = array
    line = refusal(saved(tmp_path / "a.npz", coded), tiny)
    assert f"expected block3_conv1_{name} {expected} in " in line
    assert line.endswith(f"received {received}")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 not much of one"], ids=str)
def test_what_is_no_archive_is_refused(tmp_path, tiny, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    assert refusal(str(path), tiny).startswith("expected an .npz of codes, received ")


# --- the script ------------------------------------------------------------------------------


def run_script(*flags: str) -> subprocess.CompletedProcess:
    script = str(ROOT / "scripts" / "bundle_weights.py")
    return subprocess.run(
        [sys.executable, script, *flags], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_the_file_in_the_package_gives_itself(tmp_path):
    row = BUNDLED["imagenet"]
    output = tmp_path / "again.npz"
    ran = run_script(f"--source={DATA / row.name}", f"--output={output}")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith(f"\nsha256 {row.sha256}\n")
    assert hashlib.sha256(output.read_bytes()).hexdigest() == row.sha256


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--source=nowhere.h5",), "received a path where there is no file"),
        (("--source=nowhere.npz",), "nowhere.npz (No such file or directory)"),
        (("--source=README.md",), "a file that is not HDF5"),
        (("--source=scripts",), "received a directory"),
        ((), "expected --source=FILE"),
        (("--source=nowhere.h5", "another.h5"), "expected --source=FILE"),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path, flags, said):
    output = tmp_path / "out.npz"
    ran = run_script(f"--output={output}", *flags)
    assert ran.returncode != 0
    assert ran.stderr.count("\n") == 1 and said in ran.stderr
    assert ran.stdout == "" and not output.exists()
