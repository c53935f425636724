"""Describe records and put them into the archive."""
