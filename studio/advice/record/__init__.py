"""The decision record: what was concluded and from what, printed, kept, and held against a later one."""
