"""Reads a table file exactly: every cell stays the text it is. Used by pages, commands and question sets."""

from studio.training_sets.reading.opening import open_table, peek, read_table, read_text_table
from studio.training_sets.reading.table import Reading, Table, TableFile

__all__ = ["Reading", "Table", "TableFile", "open_table", "peek", "read_table", "read_text_table"]
