"""Measured comparisons, side by side."""
