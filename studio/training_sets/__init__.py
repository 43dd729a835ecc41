"""Training sets: a team's table becomes versioned examples whose quality everyone can see."""
