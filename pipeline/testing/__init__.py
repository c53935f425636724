"""Shipped for plugin authors: run a stage alone, check it conforms, inject faults."""
