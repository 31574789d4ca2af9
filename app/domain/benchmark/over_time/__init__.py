"""Change between two reviews: what their versions have in common, and how scores moved on it."""
