"""Intakes: where sources come from."""
