"""Charts, drawn on the server by a grammar of graphics and cached by their content; the numbers always stand beside them.

`looks`: appearances. `distribution`, `intervals`: kinds of charts. `drawing`: to SVG and PNG. `figure`: what a page needs to show
one with its table, addresses and citation. `answering`: what a route answers with.
"""
