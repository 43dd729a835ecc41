"""Which models there are, where their files lie, and whether they may be loaded."""
