"""The package: what it lists, what it imports, and what goes into the wheel."""

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

import tf_nst

# What `import tf_nst` imports that is not Python's own.
IMPORTED = """
import sys
sys.path.insert(0, {root!r})
before = set(sys.modules)
import tf_nst
names = sorted(set(sys.modules) - before)
print(*(name for name in names if name.partition(".")[0] not in sys.stdlib_module_names))
"""


def test_importing_the_package_imports_nothing_else():
    """Neither TensorFlow, Keras, NumPy or Pillow, nor the tables of flags."""
    code = IMPORTED.format(root=str(Path(tf_nst.__file__).parents[1]))
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["tf_nst", "tf_nst.version"]


def test_the_package_has_what_it_says_and_nothing_else():
    from tf_nst.painting import stylize

    assert tf_nst.stylize is stylize
    assert all(hasattr(tf_nst, name) for name in tf_nst.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'styliez'"):
        _ = tf_nst.styliez


def test_every_file_of_data_goes_into_the_wheel():
    root = Path(tf_nst.__file__).parents[1]
    setup = ConfigParser()
    setup.read(root / "setup.cfg", encoding="utf-8")
    packages = setup["options.package_data"].items()
    packed = {
        path
        for package, patterns in packages
        for pattern in patterns.split()
        for path in root.joinpath(*package.split(".")).glob(pattern)
    }
    assert root / "tf_nst" / "config" / "data" / "gatys.cfg" in packed
    assert sum(path.stat().st_size for path in packed) < 24_000_000
    data = {path for path in root.glob("tf_nst/**/data/*") if path.is_file()}
    assert packed == {*data, root / "tf_nst" / "py.typed"}
