"""The incomplete gamma function and its inverse, in pure Python.

Series and continued fraction as in Abramowitz & Stegun 6.5.29 and 6.5.31, the latter by Lentz's
method (Press et al., Numerical Recipes, 3rd ed., 6.2); the first guess of the inverse is Wilson &
Hilferty's (PNAS 17 (1931) 684), refined by Halley's method. Checked in the tests against closed
forms: shape 1 (exponential), 1/2 (error function) and whole shapes (Poisson sums).
"""

import math
from statistics import NormalDist

_EPSILON = 1e-14
_TINY = 1e-300


def gamma_p(shape: float, x: float) -> float:
    """P(X <= x) for a gamma variable of that shape and rate 1."""
    if shape <= 0 or math.isnan(x):
        raise ValueError("The shape is positive, and x a number.")
    if x <= 0:
        return 0.0
    if math.isinf(x):
        return 1.0
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return min(1.0, scale * _series(shape, x))
    return max(0.0, 1.0 - scale * _fraction(shape, x))


def _series(shape: float, x: float) -> float:
    term = total = 1.0 / shape
    step = shape
    while abs(term) > abs(total) * _EPSILON:
        step += 1.0
        term *= x / step
        total += term
    return total


def _fraction(shape: float, x: float) -> float:
    b = x + 1.0 - shape
    c = 1.0 / _TINY
    d = 1.0 / b
    value = d
    turn = 0
    while True:
        turn += 1
        a = -turn * (turn - shape)
        b += 2.0
        d = a * d + b
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = b + a / c
        c = c if abs(c) > _TINY else _TINY
        change = d * c
        value *= change
        if abs(change - 1.0) < _EPSILON:
            return value


def gamma_quantile(shape: float, probability: float) -> float:
    """x with P(X <= x) = probability, for a gamma variable of that shape and rate 1."""
    if not 0 < probability < 1:
        raise ValueError("A probability lies between 0 and 1.")
    x = _first_guess(shape, probability)
    for _turn in range(60):
        density = math.exp((shape - 1) * math.log(x) - x - math.lgamma(shape))
        if density <= 0:
            break
        error = (gamma_p(shape, x) - probability) / density
        # Halley: the second derivative of the cdf is density x ((shape - 1) / x - 1).
        correction = 1 - 0.5 * min(1.0, error * ((shape - 1) / x - 1))
        change = error / correction
        x = x / 2 if change >= x else x - change
        if abs(change) < 1e-12 * x:
            break
    return x


def _first_guess(shape: float, probability: float) -> float:
    if shape > 1:
        z = NormalDist().inv_cdf(probability)
        cube = 1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))
        if cube > 0:
            return max(1e-8, shape * cube**3)
    # The lower tail is a power: P ~ x^shape / Gamma(shape + 1).
    x = math.exp((math.log(probability) + math.lgamma(shape + 1)) / shape)
    return min(max(x, _TINY), max(shape, 1e-8) + 5.0)
