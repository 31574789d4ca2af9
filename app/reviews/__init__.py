"""One economy's review: answers, conflicts, sign-off, submissions."""
