"""The calculation of one revision as a workbook with live formulas: from answers to scores, in any spreadsheet program."""
