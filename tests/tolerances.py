"""The one table of tolerances, by dtype, and how they are applied."""

import numpy as np

# The largest allowed error, as a fraction of the largest value expected.
#   float64: unit roundoff 1.1e-16. Sums of up to 1e5 products and a few layers of convolutions
#     lose three or four digits.
#   float32: unit roundoff 6e-8. The same sums lose two digits, and 16 layers of convolutions with
#     up to 4608 products a value up to one more; the loss divides by what it subtracts from.
#   bfloat16: 8 bits of significand, unit roundoff 3.9e-3. Each feature is rounded once; the sums
#     are float32, so that errors do not grow with size, and a square doubles them.
#   bfloat16 network: up to 16 layers, each of which rounds its kernel and its features, by 2e-3 of
#     them on average: sqrt(32) * 2e-3 = 1.1e-2, and the worst of thousands is four times as far.
TOLERANCES = {"float64": 1e-12, "float32": 2e-5, "bfloat16": 2e-2, "bfloat16 network": 5e-2}

# A central difference of step 1e-6 in float64 keeps about 1e-16 / 1e-6 = 1e-10 of the values,
# and its own error is the third derivative times 1e-12: three digits are left for steep functions.
CENTRAL_DIFFERENCE = 1e-7


def assert_close(actual, expected, dtype: str, *, scale: float | None = None) -> None:
    """The largest error is within the dtype's tolerance of the largest expected value.

    Args:
      actual, expected: arrays or tensors of one shape.
      dtype: row of TOLERANCES.
      scale: what the tolerance is a fraction of; None: the largest absolute value expected.
    """
    assert_within(actual, expected, TOLERANCES[dtype], scale=scale)


def assert_gradient(actual, expected) -> None:
    """A gradient equals a central difference of the float64 function."""
    assert_within(actual, expected, CENTRAL_DIFFERENCE)


def assert_within(actual, expected, tolerance: float, *, scale: float | None = None) -> None:
    """The largest error is at most `tolerance` times `scale`; the shapes are equal."""
    actual, expected = (np.asarray(it).astype(np.float64) for it in (actual, expected))
    assert actual.shape == expected.shape
    assert np.isfinite(actual).all()
    if scale is None:
        scale = np.max(np.abs(expected), initial=0.0)
    error = np.max(np.abs(actual - expected), initial=0.0)
    assert error <= tolerance * scale, f"error {error:.3g}, allowed {tolerance * scale:.3g}"
