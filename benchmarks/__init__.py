"""How fast csatkit is, against the best hand-written SQL that we could come up with."""
