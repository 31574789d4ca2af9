"""The administrators' editor: drafts of versions, their history and preview, publishing and translating them."""
