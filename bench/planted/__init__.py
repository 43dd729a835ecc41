"""Rows with planted faults: how well the quality report finds what is known to be there."""
