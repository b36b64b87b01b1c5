"""`inspect`, the import doctor: what csatkit makes of a file, before any number is believed.

It reads in streams, so memory doesn't grow with the size of the cells, and it goes on where other
commands stop: what they refuse is listed with what mends it.
"""

from csatkit.analyses.doctor.blank import blank
from csatkit.analyses.doctor.draft import draft
from csatkit.analyses.doctor.examination import inspection, is_strict
from csatkit.analyses.doctor.opening import Opened, examine

__all__ = ["Opened", "blank", "draft", "examine", "inspection", "is_strict"]
