"""Releases as SDMX: structures and data in the forms 2.1 and 3.0, for the clients of statistical offices."""
