"""What customers write beside their score: a small bank per theme.

Plain ASCII, but some phrases hold commas, quotes or line breaks, so that a sample exercises the
quoting of CSV files.
"""

from __future__ import annotations

__all__ = ["NEUTRAL", "PRAISE", "THEMES"]

THEMES: dict[str, tuple[str, ...]] = {
    "repeated themselves": (
        "I had to repeat myself to every person I talked to.",
        "Explained the same thing three times, and then once more.",
        "Why do I have to repeat my whole story again?",
    ),
    "transferred": (
        "I was transferred from one department to another.",
        "Passed around, nobody felt responsible.",
        "Kept being transferred.\nStill no idea who is in charge.",
    ),
    "broken promise": (
        'They promised the money "within three days". Nothing came.',
        "I was promised a call back and never got one.",
        "You did not keep your promise, again.",
    ),
    "scripted": (
        "Felt like a scripted answer, not one person read my message.",
        'A copy and paste reply that began with "Dear valued customer".',
        "Canned response, did not fit my question.",
    ),
    "premature resolution": (
        "The ticket was closed but my problem is not solved.",
        "Marked as resolved, although nothing was fixed.",
        "You closed my request before it was resolved.",
    ),
    "authority": (
        "The agent was friendly but not allowed to decide anything.",
        "He had no authority to approve it and had to ask a supervisor.",
        "Nobody there is authorized to help, it seems.",
    ),
    "slow": (
        "Far too slow.",
        "I waited for days, then got a one-line answer.",
        "It took too long to get a reply.",
    ),
    "bug": (
        "The app has a bug and keeps crashing.",
        "Same error message on every page, it is simply broken.",
        "The login page does not work.\r\nError 500, every time.",
    ),
}
"""Complaints by the theme that csatkit's default word patterns look for."""

NEUTRAL = (
    "It was okay.",
    "Fine in the end, could be easier.",
    "Average.",
)

PRAISE = (
    "Thank you, quick and friendly!",
    "Great help, all sorted.",
    "Very patient, explained everything.",
    'She even said "call me any time", which I liked.',
    "Excellent, thanks.",
    "Solved in five minutes, well done.",
)
