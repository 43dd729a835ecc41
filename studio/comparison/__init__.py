"""Approaches scored on held-out questions."""
