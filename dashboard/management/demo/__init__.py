"""A year in the life of three imagined businesses, the same every time it is told."""
