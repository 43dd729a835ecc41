"""Text files in any encoding, and the rows of those that are tables. For training sets and the library."""
