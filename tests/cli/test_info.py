"""`tf-nst info`: what it says, as lines and as JSON, and where TensorFlow cannot be imported."""

import json
import re
import sys
from configparser import ConfigParser
from pathlib import Path

from tf_nst.cli.main import main
from tf_nst.config import NETWORKS
from tf_nst.config.presets import PRESETS
from tf_nst.model.weights import WORDS
from tf_nst.version import VERSION

NAMES = ("tf_nst", "python", "packages", "optional", "networks", "weights", "presets", "devices")


def test_info_says_what_there_is(capfd):
    assert main(["tf-nst", "info"]) == 0
    out, err = capfd.readouterr()
    assert err == "" and out.startswith(f"tf_nst      {VERSION}\n")
    headings = [line.split()[0] for line in out.splitlines() if line[0] != " "]
    assert headings == [*NAMES, "precision", "memory"]
    for word in (*NETWORKS, *WORDS, *PRESETS, "tensorflow", "pillow-heif", "CPU"):
        assert word in out


def test_what_users_extras_bring_is_listed(capfd):
    """Not that of a TPU's machine, of the documentation and of the tests."""
    setup = ConfigParser()
    setup.read(Path(__file__).parents[2] / "setup.cfg", encoding="utf-8")
    extras = setup["options.extras_require"]
    wanted = {
        re.split("[><=]", line)[0]
        for extra in set(extras) - {"dev", "docs", "tpu", "tpu-compiler"}
        for line in extras[extra].split()
    }
    assert main(["tf-nst", "info", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["optional"].keys() == wanted


def test_info_as_json_without_a_tensorflow(capfd, monkeypatch):
    monkeypatch.setattr("tf_nst.cli.info.import_tensorflow", _broken)
    assert main(["tf-nst", "info", "--json"]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert tuple(shown) == NAMES and shown["tf_nst"] == VERSION
    assert shown["packages"].keys() >= {"tensorflow", "keras", "numpy", "pillow"}
    assert shown["devices"] == "unknown: libtensorflow is missing"
    assert shown["python"].startswith(sys.version.split()[0])


def _broken():
    raise ImportError("libtensorflow is missing\nand more")
