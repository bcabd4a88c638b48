"""Returns of goods or money."""
