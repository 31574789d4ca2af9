"""Score sheets become comparisons that leak nothing: distributions, and the rules of what may be shown."""
