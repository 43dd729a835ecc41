"""Comparison: base, rag, fine-tuned and rag+fine-tuned measured on the same held-out questions."""
