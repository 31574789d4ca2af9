"""Releases: what is published of a benchmark, frozen, numbered and dated."""
