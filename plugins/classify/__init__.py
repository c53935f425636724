"""Finds the secrecy marks of a letter and decides its level."""
