"""One row of a table: its cells, its conversation, its template, its date."""
