"""An objective of several pictures: each term has its own, and targets blend."""

import numpy as np
import reference
import tensorflow as tf
from tolerances import assert_close

from objective.samples import CONTENT_64, IMAGE_64, STYLE_64, make_term
from tf_nst.objective import statistics
from tf_nst.objective.objective import (
    blend,
    build_objective,
    measure_references,
    measure_targets,
    reference_pictures,
    target_pictures,
    term_values,
)
from tf_nst.objective.terms import IMAGE

SEVERAL = (
    make_term("mean_squared", "pixels", of="one content"),
    make_term("gram", "pixels", of="one style"),
    make_term("frobenius", "pixels", of="other content"),
    make_term("mean_std", "pixels", of="one style"),
    make_term("gram", "pixels", of="other style"),
    make_term("absolute", IMAGE),
)
NAMED = {
    "one content": CONTENT_64,
    "other content": IMAGE_64,
    "one style": STYLE_64,
    "other style": STYLE_64[:9] + 0.25,
}
NAMED = {name: tf.constant(picture[None]) for name, picture in NAMED.items()}


def separate(image) -> dict:
    """Features that are the picture itself."""
    return {"pixels": image}


def test_pictures_are_named_once_by_what_is_measured_there():
    assert target_pictures(SEVERAL) == ("one style", "other style")
    assert reference_pictures(SEVERAL) == ("one content", "other content")


def test_each_term_compares_with_its_own_picture():
    objective = build_objective(separate, SEVERAL, NAMED)
    values = term_values(objective, tf.constant(IMAGE_64[None]))
    assert list(values) == [term.name for term in SEVERAL]
    for term in SEVERAL[:-1]:
        other = NAMED[term.of][0].numpy()
        expected = reference.DISTANCES[term.statistic](IMAGE_64, other)
        assert_close(values[term.name], [expected], "float64", scale=1.0)
    assert values["content/frobenius/pixels/other content"] == 0


def test_what_is_measured_together_equals_what_is_measured_for_each_term():
    objective = build_objective(separate, SEVERAL, NAMED)
    references = measure_references(separate, SEVERAL, NAMED)
    tf.nest.map_structure(np.testing.assert_array_equal, objective.references, references)
    with_target = [term for term in SEVERAL if term.has_target]
    assert list(objective.targets) == [term.name for term in with_target]
    for term in with_target:
        target = objective.targets[term.name]
        (alone,) = measure_targets(separate, (term,), NAMED).values()
        assert target.keys() == alone.keys()
        for part, value in alone.items():
            assert_close(target[part], value, "float64")


def test_blended_targets_weigh_relative_to_their_sum():
    """3 : 1 of Grams 8 and 16."""
    terms = (make_term("gram", "pixels"), make_term("mean_squared", "pixels"))
    targets = [{"style/gram/pixels": {"gram": tf.fill([1, 1, 1], value)}} for value in (8.0, 16.0)]
    blended = blend(targets, [6.0, 2.0], terms)
    assert blended.keys() == {"style/gram/pixels"}
    np.testing.assert_array_equal(blended["style/gram/pixels"]["gram"], [[[10.0]]])


def test_each_statistic_blends_its_targets_its_own_way(monkeypatch):
    """One by the mean, one by the largest."""

    def largest(targets, shares):
        assert shares == [0.75, 0.25]
        return {"mean": tf.reduce_max([target["mean"] for target in targets], 0)}

    row = statistics.STATISTICS["mean_std"]._replace(blend=largest)
    monkeypatch.setitem(statistics.STATISTICS, "mean_std", row)
    terms = (make_term("gram", "pixels"), make_term("mean_std", "pixels"))
    targets = [
        {"style/gram/pixels": {"gram": one}, "style/mean_std/pixels": {"mean": one}}
        for one in (tf.constant([8.0]), tf.constant([16.0]))
    ]
    blended = blend(targets, [3.0, 1.0], terms)
    assert blended["style/gram/pixels"]["gram"] == 10
    assert blended["style/mean_std/pixels"]["mean"] == 16
