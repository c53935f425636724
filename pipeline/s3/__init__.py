"""Buckets of any S3 server: addresses, transfers that are checked end to end, object lock."""
