"""Training sets that are built: drafted from passages, taken from conversations, given passages, probed."""
