"""Seal secret records for the registrars who may open them."""
