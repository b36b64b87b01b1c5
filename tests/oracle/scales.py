"""What a score means on its own declared scale, never from the scores seen."""

SATISFIED = {
    "1-2": (2,),
    "1-3": (3,),
    "1-4": (3, 4),
    "1-5": (4, 5),
    "1-6": (5, 6),
    "1-7": (6, 7),
    "1-8": (6, 7, 8),
    "1-9": (7, 8, 9),
    "1-10": (8, 9, 10),
    "0-10": (8, 9, 10),
    "103": (101, 102, 103),
}
# The worst scores of the scales that have a name for them; others have no detractors.
DETRACTOR_UP_TO = {"1-5": 2, "1-7": 2, "1-10": 4, "0-10": 4, "103": -1}
LOW_UP_TO_ON_FIVE = 3


def is_satisfied(score: float, scale: str) -> bool:
    """Tell whether the score is in the scale's top box or boxes."""
    return score in SATISFIED[scale]


def is_low(score: float, scale: str) -> bool:
    """Tell whether the score calls for outreach: 3 or less on 1-5, else not satisfied."""
    return score <= LOW_UP_TO_ON_FIVE if scale == "1-5" else not is_satisfied(score, scale)


def is_detractor(score: float, scale: str) -> bool:
    """Tell whether the score is among the worst of a scale that has detractors."""
    return score <= DETRACTOR_UP_TO[scale]


def lowest_and_highest(scale: str) -> tuple[int, int]:
    """Return the worst and the best number of a scale written as two numbers."""
    low, _, high = scale.partition("-")
    return (-103, 103) if scale == "103" else (int(low), int(high))


def is_unsatisfied(score: float, scale: str) -> bool:
    """Tell whether the score is neither satisfied nor neutral.

    Neutral is what lies between satisfied scores and detractors; where a scale has no detractors,
    only its exact middle is.
    """
    if is_satisfied(score, scale):
        return False
    if scale in DETRACTOR_UP_TO:
        return is_detractor(score, scale)
    low, high = lowest_and_highest(scale)
    return 2 * score != low + high
