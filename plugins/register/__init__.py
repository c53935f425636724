"""Registers letters and exports the registers."""
