"""Artifact stores and secrets."""
