"""The core: values in, values out. No clock, database, web or settings."""
