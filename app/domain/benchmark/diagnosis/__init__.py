"""Diagnostics of a method: what is missing, what belongs together, what decides scores; of at least five economies."""
