"""Reads the fields of a letter."""
