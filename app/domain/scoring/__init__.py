"""Answers become scores: normalise, aggregate, cover, band, explain. See docs/method.md."""
