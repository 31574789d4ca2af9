"""Nothing lost, and nothing kept for longer than it should be: backups, restoring, verifying; erasing persons and old drafts."""
