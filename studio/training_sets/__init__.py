"""From a table of examples to a versioned, checked training set."""
