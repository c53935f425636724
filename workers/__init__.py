"""Processes that drive the pipeline on many machines. Nothing imports them."""
