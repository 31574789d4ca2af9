"""Documents made of what the other rooms know: a blank form to print, a workbook for consultation."""
