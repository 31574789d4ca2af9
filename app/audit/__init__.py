"""Who did what, when: an append-only, hash-chained record that every room above writes to."""
