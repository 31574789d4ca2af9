"""Comparisons across economies: consent, cells, published scores; derived rows that can always be rebuilt."""
