"""Recording sales, set-based: one path for one purchase and for a thousand."""
