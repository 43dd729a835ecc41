"""Answers that show their source, and the conversations they stand in."""
