"""Trains the network that tells secrecy marks from everything else that offices put on paper."""
