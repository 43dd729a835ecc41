"""Documents on their way in: stored, read, split, embedded, searchable."""
