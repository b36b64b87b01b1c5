"""Relative importance against worked examples in print."""

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

# Fertility of 47 provinces in 1888, men in farming, top marks of recruits, their schooling beyond
# primary school, Catholics, infant mortality, all in percent. Mosteller and Tukey (1977), Data
# Analysis and Regression, 549-551; the data set swiss of R.
SWISS = [
    (80.2, 17, 15, 12, 9.96, 22.2), (83.1, 45.1, 6, 9, 84.84, 22.2), (92.5, 39.7, 5, 5, 93.4, 20.2),
    (85.8, 36.5, 12, 7, 33.77, 20.3), (76.9, 43.5, 17, 15, 5.16, 20.6),
    (76.1, 35.3, 9, 7, 90.57, 26.6), (83.8, 70.2, 16, 7, 92.85, 23.6),
    (92.4, 67.8, 14, 8, 97.16, 24.9), (82.4, 53.3, 12, 7, 97.67, 21),
    (82.9, 45.2, 16, 13, 91.38, 24.4), (87.1, 64.5, 14, 6, 98.61, 24.5),
    (64.1, 62, 21, 12, 8.52, 16.5), (66.9, 67.5, 14, 7, 2.27, 19.1),
    (68.9, 60.7, 19, 12, 4.43, 22.7), (61.7, 69.3, 22, 5, 2.82, 18.7),
    (68.3, 72.6, 18, 2, 24.2, 21.2), (71.7, 34, 17, 8, 3.3, 20), (55.7, 19.4, 26, 28, 12.11, 20.2),
    (54.3, 15.2, 31, 20, 2.15, 10.8), (65.1, 73, 19, 9, 2.84, 20), (65.5, 59.8, 22, 10, 5.23, 18),
    (65, 55.1, 14, 3, 4.52, 22.4), (56.6, 50.9, 22, 12, 15.14, 16.7),
    (57.4, 54.1, 20, 6, 4.2, 15.3), (72.5, 71.2, 12, 1, 2.4, 21), (74.2, 58.1, 14, 8, 5.23, 23.8),
    (72, 63.5, 6, 3, 2.56, 18), (60.5, 60.8, 16, 10, 7.72, 16.3), (58.3, 26.8, 25, 19, 18.46, 20.9),
    (65.4, 49.5, 15, 8, 6.1, 22.5), (75.5, 85.9, 3, 2, 99.71, 15.1),
    (69.3, 84.9, 7, 6, 99.68, 19.8), (77.3, 89.7, 5, 2, 100, 18.3),
    (70.5, 78.2, 12, 6, 98.96, 19.4), (79.4, 64.9, 7, 3, 98.22, 20.2),
    (65, 75.9, 9, 9, 99.06, 17.8), (92.2, 84.6, 3, 3, 99.46, 16.3),
    (79.3, 63.1, 13, 13, 96.83, 18.1), (70.4, 38.4, 26, 12, 5.62, 20.3),
    (65.7, 7.7, 29, 11, 13.79, 20.5), (72.7, 16.7, 22, 13, 11.22, 18.9),
    (64.4, 17.6, 35, 32, 16.92, 23), (77.6, 37.6, 15, 7, 4.97, 20), (67.6, 18.7, 25, 7, 8.65, 19.5),
    (35, 1.2, 37, 53, 42.34, 18), (44.7, 46.6, 16, 29, 50.43, 18.2),
    (42.8, 27.7, 22, 29, 58.33, 19.3),
]  # fmt: skip


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


def provinces() -> CrossProducts:
    rows = [(1.0, *row[1:]) for row in SWISS]
    fertility = [row[0] for row in SWISS]
    size = len(rows[0])
    return CrossProducts(
        n=len(rows),
        xx=[[sum(r[i] * r[j] for r in rows) for j in range(size)] for i in range(size)],
        xy=[sum(r[i] * y for r, y in zip(rows, fertility, strict=True)) for i in range(size)],
        yy=sum(y * y for y in fertility),
    )


def test_lmg_of_the_swiss_provinces() -> None:
    """The example of Groemping (2006), doi:10.18637/jss.v017.i01, as relaimpo computes it.

    calc.relimp(Fertility ~ ., swiss, type = "lmg"): 70.67 % of the variance, in shares of
    Agriculture, Examination, Education, Catholic and Infant.Mortality.
    """
    found = lmg(provinces(), [(1,), (2,), (3,), (4,), (5,)])
    assert found is not None
    assert [round(s, 10) for s in found.shares] == [
        0.0570912208, 0.1711730289, 0.2601346786, 0.1055701504, 0.1127659229,
    ]  # fmt: skip
    assert round(found.explained, 10) == 0.7067350016
    assert abs(sum(found.shares) - found.explained) < 1e-12


def test_coefficients_of_the_swiss_provinces() -> None:
    """The linear model that R's help page of the data set fits, as R prints it."""
    found = fit(provinces())
    assert found is not None
    assert [round(b, 5) for b in found.coefficients] == [
        66.91518, -0.17211, -0.25801, -0.87094, 0.10412, 1.07705,
    ]  # fmt: skip
