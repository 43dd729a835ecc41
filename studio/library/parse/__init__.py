"""One file per document format; each turns a file into blocks with exact places."""
