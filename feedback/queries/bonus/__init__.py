"""Bonuses for satisfied customers: what sales say, what was worked out (C084)."""
