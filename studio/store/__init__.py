"""Where everything is kept: tables, database access, embedded PostgreSQL, blobs."""
