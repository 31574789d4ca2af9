"""Tiny pure helpers that every room may import."""
