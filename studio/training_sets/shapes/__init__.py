"""Shapes: what the columns of a table mean, and how its rows become examples."""
