"""Embedding models of libraries: how texts become vectors, and how one model replaces another."""
