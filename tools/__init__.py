"""Small programs that the Makefile runs; nothing of app/ imports them."""
