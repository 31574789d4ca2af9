"""Score sheets of submissions: computed at sign-off, stored with what made them, explained down to the answers."""
