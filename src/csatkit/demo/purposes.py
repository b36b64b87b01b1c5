"""What each random draw of a row is for.

The number is part of the sample's definition: renumbering a purpose changes every sample, so new
ones are appended and retired ones leave a gap.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Family", "Purpose"]


class Family(IntEnum):
    """Whose row a draw belongs to."""

    TICKET = 0
    CUSTOMER = 1


class Purpose(IntEnum):
    """What is decided."""

    ARRIVAL = 1
    FOLLOWS = 2
    LAG_A = 3
    LAG_B = 4
    ISSUE = 5
    CHANNEL = 6
    SWITCH = 7
    TIER = 8
    CUSTOMER = 9
    NOT_FIXED = 10
    AGENT = 11
    UNLUCKY = 12
    DEFLECTED = 13
    MERGED = 14
    FIRST_RESPONSE = 15
    RESOLUTION = 16
    NEVER = 17
    REOPENED = 18
    REOPENED_TWICE = 19
    REOPEN_GAP = 20
    SECOND_RESOLUTION = 21
    STAYS_OPEN = 22
    FURTHER_CONTACT = 23
    TRANSFERRED = 24
    AGENT_REPLIES = 25
    CUSTOMER_REPLIES = 26
    TAGS = 27
    PENDING = 28
    SURVEYED = 29
    SURVEY_DELAY = 30
    SURVEY_EARLY = 31
    SATISFIED = 32
    SCORE = 33
    ANSWERS = 34
    ANSWER_DELAY = 35
    SCANNER = 36
    COMMENTS = 37
    THEME = 38
    THEME_FACT = 39
    PHRASE = 40
    SECOND_ANSWER = 41
    SECOND_ANSWER_DELAY = 42
    SECOND_ANSWER_SCORE = 43
    OUTREACH = 44
    OUTREACH_DELAY = 45
    RERATED = 46
    RERATED_SCORE = 47
    RERATED_DELAY = 48
    SEGMENT = 49
    VIP = 50
    UNKNOWN_CUSTOMER = 51
    VIP_AGAIN = 52
    VIP_AGAIN_DELAY = 53
