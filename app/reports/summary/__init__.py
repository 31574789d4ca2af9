"""The summary of a cycle for a meeting: figures of groups from a release, in the dress of a meeting paper."""
