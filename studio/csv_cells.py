"""Raises Python's limit on the length of a CSV cell, which is one for the whole process.

Imported by every reader of CSV files: two readers with limits of their own would change each other's.
"""

import csv

# characters; what is longer is a quote that was never closed, and would fill the memory
LONGEST_CELL = 40_000_000
csv.field_size_limit(LONGEST_CELL)
