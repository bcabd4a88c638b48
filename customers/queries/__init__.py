"""Reading customers, purchases, cases and imports."""
