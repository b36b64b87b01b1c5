"""Relative importance against a worked example in print."""

from csatkit.stats.importance import lmg
from csatkit.stats.regression import CrossProducts, fit

# Miles per gallon of 32 cars, their cylinders, straight engines (vs) and manual gears (am).
# Henderson and Velleman (1981), Building multiple regression models interactively, Biometrics
# 37(2), 391-411, doi:10.2307/2530428; the data set mtcars of R.
MPG = [
    *(21.0, 21.0, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4),
    *(10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26.0, 30.4, 15.8, 19.7),
    *(15.0, 21.4),
]
CYLINDERS = [int(c) for c in "66468684466888888444488884448684"]
STRAIGHT = [int(c) for c in "00110101111000000111100001010001"]
MANUAL = [int(c) for c in "11100000000000000111000001111111"]


def cars() -> CrossProducts:
    rows = [(1, m, s, c) for m, s, c in zip(MANUAL, STRAIGHT, CYLINDERS, strict=True)]
    return CrossProducts(
        n=len(rows),
        xx=[[sum(r[i] * r[j] for r in rows) for j in range(4)] for i in range(4)],
        xy=[sum(r[i] * y for r, y in zip(rows, MPG, strict=True)) for i in range(4)],
        yy=sum(y * y for y in MPG),
    )


def test_lmg_of_the_cars() -> None:
    """As the R package relaimpo 2.2 prints it for mpg ~ am + vs + cyl.

    Printed in the documentation of the R package domir (Luchman, "Comparison with other software");
    relaimpo: Groemping (2006), doi:10.18637/jss.v017.i01.
    """
    found = lmg(cars(), [(1,), (2,), (3,)])
    assert found is not None
    assert [round(s, 7) for s in found.shares] == [0.1774892, 0.2027032, 0.3817849]
    assert f"{found.explained:.1%}" == "76.2%"


def test_coefficients_of_the_cars() -> None:
    """The coefficients of the full model in the same output."""
    found = fit(cars())
    assert found is not None
    assert [round(b, 6) for b in found.coefficients[1:]] == [3.02648, 1.294614, -2.137632]
