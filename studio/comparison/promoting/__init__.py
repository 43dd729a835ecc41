"""The check before an adapter replaces what is in use: the same frozen questions, a paired interval."""
