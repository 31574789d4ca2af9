"""A review as a workbook: taken away, filled in anywhere, and brought back with every difference shown first."""
