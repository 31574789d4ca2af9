"""The demonstrations."""


def demo() -> None:
    """Placeholder until the rooms exist."""
