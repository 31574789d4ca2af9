"""People and how they are known: accounts, roles, invitations, sessions, passwords and API keys."""
