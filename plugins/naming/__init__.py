"""Names documents for the archive."""
