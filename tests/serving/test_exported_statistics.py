"""Every statistic in an export, of two styles."""

import numpy as np
import tensorflow as tf
from answering import CLOSE, assert_same_picture, call, counted, decoded, encoded, painted
from tolerances import assert_within

import tf_nst
from tf_nst.config import STYLE_STATISTICS

LOSS = {
    "style_statistic": ",".join(STYLE_STATISTICS),
    "content_loss": "self_similarity",
    "laplacian_weight": 0.5,
    "tv_loss": "1.5",
}


def test_an_export_of_every_statistic_paints_as_the_command(tmp_path, painting, options):
    folder = tf_nst.export(tmp_path / "nst", painting, max_megapixels=0.05, **options | LOSS)
    photo = counted(36, 48)
    loaded = tf.saved_model.load(str(folder))
    answer = call(loaded.signatures["serving_default"], content_bytes=[encoded(photo)])
    expected, losses = painted(photo, painting, **options | LOSS)
    assert_same_picture(answer["image_bytes"][0], expected)
    assert_within(answer["losses"][0], losses, CLOSE)


def test_two_styles_are_blended_by_what_keeps_more_than_means(tmp_path, painting, options, only):
    only("serving_default")
    styles = [(painting, 1.0), (painting[::-1, ::-1] // 2, 3.0)]
    chosen = options | {"steps": 1, "style_statistic": "chained,sliced,histogram,nearest"}
    folder = tf_nst.export(tmp_path / "nst", styles, max_megapixels=0.05, **chosen)
    loaded = tf.saved_model.load(str(folder))
    function = loaded.signatures["serving_default"]
    answer = call(function, content_bytes=[encoded(counted(48, 40))])
    assert np.isfinite(answer["losses"]).all()
    assert decoded(answer["image_bytes"][0]).std() > 1
