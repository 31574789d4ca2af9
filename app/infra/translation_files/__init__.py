"""Files for translators: PO and XLIFF 1.2, out and in, with every text as it was."""
