"""The curves of a run, from the record beside a picture."""

import json

import numpy as np
import pytest

from tf_nst.errors import UserError
from tf_nst.viz import read_curves
from tf_nst.viz.figures import rendered
from tf_nst.viz.losses import term_labels

RECORD = {
    "term_weights": {"content/mean_squared/block4_conv2": 2.0, "variation/squared/image": 0.5},
    "losses": {
        "content/mean_squared/block4_conv2": [4.0, 2.0, 1.0],
        "variation/squared/image": [0.0, 2.0, 4.0],
    },
    "scales": [
        {"width": 8, "height": 6, "steps": 1},
        {"width": 11, "height": 8, "steps": 2},
    ],
}


def written(tmp_path, record) -> str:
    path = tmp_path / "run.json"
    path.write_text(record if isinstance(record, str) else json.dumps(record))
    return str(path)


def test_curves_are_weighted_and_add_up_to_the_loss(tmp_path):
    curves = read_curves(written(tmp_path, RECORD))
    assert curves.scales == ((8, 6, 1), (11, 8, 2))
    np.testing.assert_array_equal(curves.loss, [8.0, 5.0, 4.0])
    assert curves.numbers()["first_and_last"]["variation/squared/image"] == [0.0, 2.0]


def test_every_term_is_drawn_in_log_scale_with_its_label(tmp_path):
    figure = read_curves(written(tmp_path, RECORD)).figure()
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["loss", "content conv4_2", "variation"]
    assert [text.get_text() for text in axes.texts] == ["8×6", "11×8"]
    assert rendered(figure).std() > 10


def test_labels_are_the_papers_names():
    names = ["style/gram/block1_conv1", "variation/squared/image"]
    assert term_labels(names) == ["style conv1_1", "variation"]


def test_labels_differ_where_statistics_or_regions_do():
    names = [f"style/{name}/block1_conv1" for name in ("gram", "wasserstein")]
    assert term_labels(names) == ["style gram conv1_1", "style wasserstein conv1_1"]
    regions = [f"style/gram/block1_conv1/{number}" for number in (1, 2)]
    assert term_labels(regions) == ["style conv1_1, region 1", "style conv1_1, region 2"]
    with pytest.raises(ValueError):
        term_labels(["loss"])


def test_of_many_terms_no_two_curves_look_alike(tmp_path):
    names = [f"style/gram/block1_conv1/{number}" for number in range(13)]
    losses = {name: [2.0, 1.0] for name in names}
    record = {**RECORD, "losses": losses, "term_weights": dict.fromkeys(names, 1.0)}
    record["scales"] = [{"width": 8, "height": 6, "steps": 2}]
    (axes,) = read_curves(written(tmp_path, record)).figure().axes
    looks = {(line.get_color(), line.get_linestyle()) for line in axes.get_lines()[1:]}
    assert len(looks) == 13


@pytest.mark.parametrize(
    "record",
    [
        "no JSON",
        "[]",
        {},
        RECORD | {"losses": {}},
        RECORD | {"losses": {"content/mean_squared/block4_conv2": []}},
        RECORD | {"losses": {"content": [1.0]}, "term_weights": {"content": 1.0}},
        RECORD | {"losses": RECORD["losses"] | {"variation/squared/image": [1.0]}},
        RECORD | {"scales": [{"width": 8}]},
    ],
)
def test_what_is_no_record_is_refused_in_a_line(tmp_path, record):
    with pytest.raises(
        UserError, match=r"^--record: .*run\.json is not a record of a run; expected"
    ):
        read_curves(written(tmp_path, record))


def test_a_missing_record_is_named():
    with pytest.raises(UserError, match=r"^--record: none\.json cannot be read"):
        read_curves("none.json")
