"""Sign records with PAdES, and verify signatures."""
