"""Finding passages: both sides of search, their indexes and how they become one order."""
