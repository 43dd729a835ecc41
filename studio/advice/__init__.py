"""Advice: which approach fits the data, with every reason traced to its source."""
