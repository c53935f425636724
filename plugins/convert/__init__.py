"""Every accepted file as a PDF, and every finished letter as PDF/A."""
