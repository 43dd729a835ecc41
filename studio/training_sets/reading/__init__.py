"""Reads a table file exactly: every cell stays the text it is. Used by pages, commands and question sets."""

from studio.text_tables.encoding import ENCODINGS
from studio.training_sets.reading.opening import open_table, peek, read_table
from studio.training_sets.reading.table import Reading, Table, TableFile

__all__ = ["ENCODINGS", "Reading", "Table", "TableFile", "open_table", "peek", "read_table"]
