"""Published versions of questionnaires: stored once, never changed, readable for ever."""
