"""The night before a deadline: everybody saves and reads at once, on real servers over a durable database."""
