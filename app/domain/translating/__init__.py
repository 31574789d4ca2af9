"""The translation of a questionnaire's texts: what is there, what is missing, and what its source has left behind."""
