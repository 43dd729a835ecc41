"""What can be wrong with one text: how it is found, and how it is taken out."""
