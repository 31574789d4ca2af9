"""Lets `python -m app.cli` be `readiness`."""

from app.cli import main

main()
