"""Trying a draft as an official: test answers of one administrator, which never reach a review, a score or a benchmark."""
