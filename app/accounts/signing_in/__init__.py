"""The ways in: with a password, with a new one after it was forgotten, or through an issuer of single sign-on."""
