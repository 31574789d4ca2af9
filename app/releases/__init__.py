"""Releases of benchmarks: frozen, numbered, dated; what clients pull and pages show."""
