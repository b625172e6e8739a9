"""The sizes at which a picture is painted."""

from tf_nst.engine.schedule import Scale, plan_scales


def test_a_picture_is_painted_at_its_own_size_with_all_the_steps():
    assert plan_scales(30, 40, 300) == (Scale(30, 40, 300),)


def test_a_scale_is_height_width_and_steps():
    (scale,) = plan_scales(30, 40, 300)
    assert (scale.height, scale.width, scale.steps) == (30, 40, 300)
