"""The figure of the statistics, without painting."""

import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import make_statistics

from tf_nst.config import STYLE_STATISTICS


def test_every_statistic_is_painted_once_after_the_default():
    names = [setting.name for setting in make_statistics.settings()]
    assert names == ["default", *STYLE_STATISTICS]


def test_five_pictures_stand_in_two_rows_below_their_labels(tmp_path):
    path = tmp_path / "red.png"
    Image.new("RGB", (make_statistics.SIZE, 100), "red").save(path)
    sheet = make_statistics.draw({f"picture {index}": str(path) for index in range(5)})
    step = make_statistics.LABEL + 100 + make_statistics.GAP
    assert sheet.size == (6 + 4 * 262, 6 + 2 * step)
    assert sheet.getpixel((6, 6 + make_statistics.LABEL)) == (255, 0, 0)
    assert sheet.getpixel((6, 6 + step + make_statistics.LABEL)) == (255, 0, 0)
    assert sheet.getpixel((6 + 262, 6 + step + make_statistics.LABEL)) == (255, 255, 255)
