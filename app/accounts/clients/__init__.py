"""Clients of the API: who asks for a key, what an administrator grants, and how keys are used."""
