"""Economies and their names, groups of economies, cycles, and other institutions' reference figures."""
