"""The figures of a release: what each shows, and the routes of their files."""
