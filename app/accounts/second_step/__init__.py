"""What confirms a person beyond the password: an authenticator app, passkeys, recovery codes, and the state in between."""
