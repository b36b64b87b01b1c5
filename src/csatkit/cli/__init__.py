"""The command line: reads what the user asked for, calls one analysis, writes one result.

No number is computed here, and nothing here imports a frame library: help, version, completion and
every mistake in options or configuration answer before one is loaded.
"""
