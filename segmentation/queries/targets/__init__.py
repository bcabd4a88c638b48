"""Targets: where a business stands, where it wants to be, and what of today helps (C110)."""
