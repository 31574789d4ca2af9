"""How far scores may be trusted: replicates under what is uncertain, the share of each factor, alternatives of an index."""
