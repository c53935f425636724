"""Stores and archives in buckets, on a real server."""
