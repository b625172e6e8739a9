"""Plain gradient descent."""

from mean_errors import START, path, slope_per_mean_value
from tolerances import assert_close

from tf_nst.optim.sgd import sgd


def test_it_is_gradient_descent():
    image, images = START, path(sgd(0.01))
    for ours in images:
        image = image - 0.01 * slope_per_mean_value(image)
        assert_close(ours, image, "float64")
