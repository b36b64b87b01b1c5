"""A made-up support organisation's year, with known facts planted in it.

Sample data for trying csatkit, for its benchmarks, and for tests that ask whether an analysis finds
what is there (`truth.TRUTH`) and stays silent where nothing is (`null=True`). Whoever needs it
imports `csatkit.demo.generate` or `csatkit.demo.write`; nothing else in csatkit depends on it.
"""
