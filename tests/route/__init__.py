"""Tests of the routing plugin."""
