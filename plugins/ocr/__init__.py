"""Reading pages: words with boxes, and a searchable PDF."""
