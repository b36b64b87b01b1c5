"""Any help desk's export → canonical lazy frames.

The door is `open_data`: it looks at headers and a sample, decides how each column reads, and leaves
the reading itself to whoever collects `Source.scan`.
"""

from csatkit.load.audit import audit, audit_expressions, check_parsing, judge
from csatkit.load.opening import Data, open_data
from csatkit.load.scales import SCALES, Scale
from csatkit.load.scoring import SCORE_SCALE
from csatkit.load.source import RAGGED, Source, reading

__all__ = [
    "RAGGED",
    "SCALES",
    "SCORE_SCALE",
    "Data",
    "Scale",
    "Source",
    "audit",
    "audit_expressions",
    "check_parsing",
    "judge",
    "open_data",
    "reading",
]
