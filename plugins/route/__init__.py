"""Sends what may not be kept electronically to paper."""
