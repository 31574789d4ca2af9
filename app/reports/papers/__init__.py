"""Papers that people carry into a meeting: written once as blocks, and set as PDF, as a text document and as a workbook."""
