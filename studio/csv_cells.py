"""Lifts Python's limit on the length of a CSV cell, which is one for the whole process.

Imported by every reader of CSV files: two readers with limits of their own would change each other's.
"""

import csv

LONGEST_CELL = 2**31 - 1
csv.field_size_limit(LONGEST_CELL)
