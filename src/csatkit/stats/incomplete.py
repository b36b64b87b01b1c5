"""The two integrals behind every tail: incomplete beta and incomplete gamma.

Both multiply a point probability in Loader's saddle-point form by a continued fraction, which keeps
12 digits where differences of log-gammas would keep 7 (counts of ten million). The smaller tail is
always the one computed; it must never be found as one minus a number close to one.
"""

import math

# Smallest relative change that still moves a double; iteration stops below it.
_EPSILON = 2.0**-53
# Stands for zero in Lentz's method: far below any term, far above underflow.
_TINY = 1e-300
# Below it a mean count has lost digits to underflow, so its logarithm is taken factor by factor.
_SMALLEST_MEAN = 1e-290
# Near the mean both fractions need about sqrt(a + b) terms; this covers 1e9 counts and then stops.
_MAX_TERMS = 200_000
# From 15 on five terms of Stirling's series leave an error below 1e-16.
_SERIES_FROM = 15
_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


def binomial_point(x: float, n: float, p: float, q: float) -> float:
    """Return C(n, x) p^x q^(n-x), for real 0 <= x <= n.

    exp(e(n) - e(x) - e(n-x) - D(x, np) - D(n-x, nq)) / sqrt(2 pi x (n-x) / n), e being the error
    of Stirling's formula and D the deviance x log(x/m) + m - x.

    Args:
        x: successes.
        n: trials.
        p: chance of a success, 0..1.
        q: 1 - p, passed so that it stays exact where p is close to 1.

    Returns:
        A probability, 0..1.

    Source:
        Loader (2000), Fast and accurate computation of binomial probabilities.
    """
    if p <= 0 or q <= 0:
        return 1.0 if x == (0 if p <= 0 else n) else 0.0
    if x == 0:
        return math.exp(n * (math.log1p(-p) if p < q else math.log(q)))
    if x == n:
        return math.exp(n * (math.log1p(-q) if q < p else math.log(p)))
    rest = n - x
    exponent = _stirling_error(n) - _stirling_error(x) - _stirling_error(rest)
    exponent -= _deviance(x, n, p) + _deviance(rest, n, q)
    return math.exp(exponent) / math.sqrt(2 * math.pi * x * (rest / n))


def beta_tails(a: float, b: float, x: float, y: float) -> tuple[float, float]:
    """Return I_x(a, b) and 1 - I_x(a, b), each precise where it is the smaller one.

    I_x(a, b) = x^a y^b / (a B(a, b)) times a continued fraction.

    Args:
        a: first shape, above 0.
        b: second shape, above 0.
        x: upper limit of the integral, 0..1.
        y: 1 - x, passed so that it stays exact where x is close to 1.

    Returns:
        Two probabilities, 0..1, that sum to 1.

    Raises:
        ValueError: a shape isn't positive and finite, or x or y lies outside 0..1.

    Source:
        DiDonato and Morris (1992), doi:10.1145/131766.131776
    """
    if not (0 < a < math.inf and 0 < b < math.inf):
        raise ValueError(f"shapes must be positive and finite; got a={a!r}, b={b!r}")
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValueError(f"x must lie in 0..1; got x={x!r}, 1-x={y!r}")
    if x == 0 or y == 0:
        return (0.0, 1.0) if x == 0 else (1.0, 0.0)
    if x <= (a + 1) / (a + b + 2):
        lower = min(1.0, _beta_lower(a, b, x, y))
        return lower, 1 - lower
    upper = min(1.0, _beta_lower(b, a, y, x))
    return 1 - upper, upper


def regularised_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), the beta distribution's cdf.

    Args:
        x: upper limit, 0..1.
        a: first shape, above 0.
        b: second shape, above 0.

    Returns:
        A probability, 0..1.

    Raises:
        ValueError: x lies outside 0..1 or a shape isn't positive.

    Source:
        DiDonato and Morris (1992), doi:10.1145/131766.131776
    """
    return beta_tails(a, b, x, 1 - x)[0]


def regularised_gamma_upper(a: float, x: float) -> float:
    """Return the regularised upper incomplete gamma function Q(a, x).

    Below a + 1 by the power series of P = 1 - Q, above by Lentz's continued fraction.

    Args:
        a: shape, above 0.
        x: lower limit of the integral, 0 or more.

    Returns:
        A probability, 0..1.

    Raises:
        ValueError: the shape isn't positive or x is negative.

    Source:
        Gautschi (1979), doi:10.1145/355853.355863
    """
    if not 0 < a < math.inf or not x >= 0:
        raise ValueError(f"needs a > 0 and x >= 0; got a={a!r}, x={x!r}")
    if x in (0, math.inf):
        return 1.0 if x == 0 else 0.0
    # x^a e^-x / Gamma(a + 1)
    point = math.exp(-_stirling_error(a) - _deviance(a, 1, x)) / math.sqrt(2 * math.pi * a)
    if x < a + 1:
        return max(0.0, 1 - point * _gamma_series(a, x))
    return min(1.0, point * a * _gamma_fraction(a, x))


def _stirling_error(n: float) -> float:
    """Return log n! - log(sqrt(2 pi n) (n/e)^n), for real n > 0."""
    if n < _SERIES_FROM:
        return math.lgamma(n + 1) - (n + 0.5) * math.log(n) + n - _HALF_LOG_TWO_PI
    square = n * n
    tail = 1 / 1680 - 1 / 1188 / square
    return (1 / 12 - (1 / 360 - (1 / 1260 - tail / square) / square) / square) / n


def _deviance(x: float, n: float, p: float) -> float:
    """Return x log(x/m) + m - x, m = n p, without the cancellation near x = m."""
    mean = n * p
    if mean < _SMALLEST_MEAN:
        return x * (math.log(x / n) - math.log(p)) + mean - x
    if abs(x - mean) >= 0.1 * (x + mean):
        return x * math.log(x / mean) + mean - x
    ratio = (x - mean) / (x + mean)
    total = (x - mean) * ratio
    term = 2 * x * ratio
    square = ratio * ratio
    for odd in range(3, 200, 2):
        term *= square
        longer = total + term / odd
        if longer == total:
            break
        total = longer
    return total


def _beta_lower(a: float, b: float, x: float, y: float) -> float:
    """Return I_x(a, b) for x at or below about the mean, where the fraction converges fast."""
    # x^a y^b / B(a, b)
    front = binomial_point(a, a + b, x, y) * (a / (a + b)) * b
    return front / _beta_fraction(a, b, x, y)


def _beta_fraction(a: float, b: float, x: float, y: float) -> float:
    """Return the continued fraction of x^a y^b / (B(a, b) I_x(a, b)), by the modified Lentz method.

    Written with a y - b x, which y = 1 - x keeps exact where a is huge and x close to 1.

    Source:
        DiDonato and Morris (1992), equation 9, doi:10.1145/131766.131776;
        Thompson and Barnett (1986), doi:10.1016/0021-9991(86)90046-X
    """
    lead = a * y - b * x + 1
    value = c = _not_zero(a * lead / (a + 1))
    d = 0.0
    for m in range(1, _MAX_TERMS):
        width = a + 2 * m - 1
        share = m * (b - m) * x / width
        top = (a + m - 1) * (a + b + m - 1) / width * share * x
        bottom = m + share + (a + m) / (width + 2) * (lead + m * (1 + y))
        d = 1 / _not_zero(bottom + top * d)
        c = _not_zero(bottom + top / c)
        value *= d * c
        if abs(d * c - 1) <= 2 * _EPSILON:
            return value
    raise ArithmeticError(f"incomplete beta didn't converge for a={a!r}, b={b!r}, x={x!r}")


def _gamma_series(a: float, x: float) -> float:
    """Return 1 + x/(a+1) + x^2/((a+1)(a+2)) + ..."""
    total = term = 1.0
    for m in range(1, _MAX_TERMS):
        term *= x / (a + m)
        total += term
        if term <= _EPSILON * total:
            return total
    raise ArithmeticError(f"incomplete gamma didn't converge for a={a!r}, x={x!r}")


def _gamma_fraction(a: float, x: float) -> float:
    """Return the continued fraction of Gamma(a, x) e^x x^-a."""
    b = x + 1 - a
    c = 1 / _TINY
    d = 1 / _not_zero(b)
    value = d
    for m in range(1, _MAX_TERMS):
        step = -m * (m - a)
        b += 2
        d = 1 / _not_zero(step * d + b)
        c = _not_zero(b + step / c)
        value *= d * c
        if abs(d * c - 1) <= 2 * _EPSILON:
            return value
    raise ArithmeticError(f"incomplete gamma didn't converge for a={a!r}, x={x!r}")


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
