"""Tests of the classifying plugin."""
