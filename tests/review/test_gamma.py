"""The incomplete gamma function against closed forms."""

import math

import pytest

from review.gamma import gamma_p, gamma_quantile


@pytest.mark.parametrize("x", [1e-6, 0.1, 1.0, 2.5, 30.0])
def test_shape_one_is_the_exponential_distribution(x):
    assert gamma_p(1.0, x) == pytest.approx(-math.expm1(-x), rel=1e-12)


@pytest.mark.parametrize("x", [1e-4, 0.3, 1.0, 4.0, 20.0])
def test_shape_one_half_is_the_error_function(x):
    assert gamma_p(0.5, x) == pytest.approx(math.erf(math.sqrt(x)), rel=1e-12)


@pytest.mark.parametrize("shape", [2, 5, 20, 100])
@pytest.mark.parametrize("ratio", [0.3, 0.9, 1.0, 1.1, 2.0])
def test_whole_shapes_are_poisson_sums(shape, ratio):
    x = shape * ratio
    less = math.fsum(math.exp(k * math.log(x) - x - math.lgamma(k + 1)) for k in range(shape))

    assert gamma_p(shape, x) == pytest.approx(1 - less, abs=1e-12)


def test_grows_with_x_and_falls_with_the_shape():
    values = [gamma_p(3.7, x / 10) for x in range(120)]
    shapes = [gamma_p(shape / 5, 4.0) for shape in range(1, 100)]

    assert values == sorted(values)
    assert shapes == sorted(shapes, reverse=True)


def test_ends_are_zero_and_one():
    assert gamma_p(2.0, 0.0) == 0.0
    assert gamma_p(2.0, -1.0) == 0.0
    assert gamma_p(2.0, math.inf) == 1.0
    assert gamma_p(2.0, 800.0) == 1.0


@pytest.mark.parametrize("shape", [0.0, -1.0])
def test_a_shape_that_is_not_positive_is_refused(shape):
    with pytest.raises(ValueError, match="shape"):
        gamma_p(shape, 1.0)


@pytest.mark.parametrize("shape", [0.05, 0.3, 1.0, 2.5, 17.0, 400.0, 20_000.0])
@pytest.mark.parametrize("probability", [0.001, 0.05, 0.5, 0.95, 0.999])
def test_quantile_turns_the_function_round(shape, probability):
    x = gamma_quantile(shape, probability)

    assert gamma_p(shape, x) == pytest.approx(probability, abs=1e-10)


def test_quantile_of_chi_squared_as_in_the_tables():
    # 5 degrees of freedom: 11.0705 at 95 %, 1.1455 at 5 %.
    assert 2 * gamma_quantile(2.5, 0.95) == pytest.approx(11.0705, abs=1e-4)
    assert 2 * gamma_quantile(2.5, 0.05) == pytest.approx(1.1455, abs=1e-4)


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.1, 1.5])
def test_a_quantile_needs_a_probability(probability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        gamma_quantile(2.0, probability)
