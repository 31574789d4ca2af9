"""The administrators' editor: drafts of versions, their history, and publishing them."""
