"""How well a library finds, measured: test questions, weights, thresholds."""
