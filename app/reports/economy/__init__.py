"""An economy's readiness and impact report: its own edition from a signed revision, and a public one from a release."""
