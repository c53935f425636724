"""Measurements; each prints its own figures."""
