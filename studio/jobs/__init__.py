"""Work that outlives a page: the queue in Postgres and the worker that empties it."""
