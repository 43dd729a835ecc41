"""Training runs: settings, the recipe, and the process that carries it."""
