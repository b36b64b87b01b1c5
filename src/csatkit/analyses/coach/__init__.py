"""`coach`: what a team lead takes into the next talk with an agent (metrics.md §8).

Conversations, not rankings: a place among colleagues is told only where it is beyond noise on the
same mix of tickets.
"""

from csatkit.analyses.coach.packing import NEEDED, coach, columns_read, every_pack

__all__ = ["NEEDED", "coach", "columns_read", "every_pack"]
