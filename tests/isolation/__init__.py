"""Nobody reads or changes what is another's: every route as every role, and a search for planted words in every answer."""
