"""What a scanner does wrong: two passes for two sides, and pages that nobody can read."""
