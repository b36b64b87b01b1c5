"""`diagnose`: whose problem low scores are, the agents', the process's or the channel's.

The verdict comes with its uncertainty and the evidence under it; out of differences that chance
explains nothing and nobody is named.
"""

from __future__ import annotations

from csatkit.analyses.diagnose.answering import NEEDED, diagnose, in_short

__all__ = ["NEEDED", "diagnose", "in_short"]
