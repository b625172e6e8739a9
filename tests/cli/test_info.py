"""`tf-nst info`: what it says, as lines and as JSON, and where TensorFlow cannot be imported."""

import json
import sys

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
