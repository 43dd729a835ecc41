"""Documents in, passages found, answers that show their source."""
