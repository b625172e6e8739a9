"""Where weights come from: an empty cache of Keras, and no download."""

import pytest

from tf_nst.model import weights as module


@pytest.fixture
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def no_download(monkeypatch):
    monkeypatch.setattr(module, "download", lambda *_, **__: pytest.fail("downloaded"))
