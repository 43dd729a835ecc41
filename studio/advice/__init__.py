"""Which approach fits the data: answers, signals, rules, recommendation."""
