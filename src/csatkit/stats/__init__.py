"""Statistics as pure functions: numbers in, numbers out.

Standard library only, so that a command which prints one share doesn't wait for a numeric stack.
Nothing here may see a frame, a column name, a file or a percentage: shares are 0..1, and whoever
prints them converts. Import the module you need; this package re-exports nothing.
"""
