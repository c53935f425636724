"""Tests of the intakes."""
