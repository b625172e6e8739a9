"""Files of one byte a weight: from which sources they come, and that they come out again."""

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

from bundle_weights import DATA, bundle, encode

ROOT = Path(__file__).resolve().parents[2]


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
    """As Keras 2 writes it; tests/model/test_weight_files.py reads every layout."""
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
