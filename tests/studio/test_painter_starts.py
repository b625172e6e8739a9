"""A painter that cannot start is given up after a few tries, in one line, and tried again later."""

import io
import json
import time

import pytest

pytest.importorskip("uvicorn")
from live import PATIENCE, Live
from PIL import Image

from tf_nst.studio import link
from tf_nst.studio.studio import MOST_STARTS


@pytest.fixture
def live(tmp_path, monkeypatch):
    """A studio whose painter has a broken TensorFlow, which counts its starts."""
    package = tmp_path / "broken" / "tensorflow"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        f"open({str(tmp_path / 'starts')!r}, 'a').write('x')\nraise RuntimeError('it is broken')\n"
    )
    environment = link.environment()
    environment["PYTHONPATH"] = f"{package.parent}:{environment['PYTHONPATH']}"
    monkeypatch.setattr(link, "environment", lambda: environment)
    live = Live(tmp_path / "history", tmp_path / "scratch")
    yield live
    live.close()


def starts_after(live, tmp_path, count: int) -> int:
    """How often it was started, once it was given up after `count` starts or more."""
    for _ in range(int(PATIENCE / 0.1)):
        path = tmp_path / "starts"
        starts = len(path.read_text()) if path.exists() else 0
        if starts >= count and live.state()["painter"]["status"] == "crashed":
            return starts
        time.sleep(0.1)
    raise AssertionError("it was not given up")


@pytest.mark.posix
def test_a_painter_that_cannot_start_is_given_up_in_one_line(live, tmp_path):
    assert starts_after(live, tmp_path, MOST_STARTS) == MOST_STARTS
    message = live.state()["painter"]["message"]
    assert message == "the painter died (exit code 1): RuntimeError: it is broken"
    # Whoever asks for a painting has it tried again.
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40)).save(buffer, "PNG")
    answer = live.ask("POST", "/api/pictures?name=grey.png", buffer.getvalue())[1]
    grey = json.loads(answer)["id"]
    body = {"content": grey, "styles": [grey]}
    assert live.post("/api/estimate", body) == "there is no painting process now; try again later"
    assert live.post("/api/runs", body) == {"id": "r1"}
    assert starts_after(live, tmp_path, 2 * MOST_STARTS) == 2 * MOST_STARTS
    assert live.run("r1")["place"] == 1
