"""Mails to people: what accounts write, which mails a person chose, and the rounds in which those are made."""
