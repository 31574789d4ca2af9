"""Mail that is to be sent: a row in the transaction that needs it, delivered later, tried again, and visible when it fails."""
