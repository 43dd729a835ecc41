"""Training sets that are built. `drafting` and `conversations` suggest examples, `suggestions` reviews them,
`keeping.into_draft` makes them examples; `raft` gives a version passages, `probing` measures one."""
