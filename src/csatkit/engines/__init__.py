"""What carries out the heavy lane: in memory at once, or bucket by bucket where that doesn't fit.

No metric and no fact is computed here. An engine only decides which rows the very same functions
see together.
"""
