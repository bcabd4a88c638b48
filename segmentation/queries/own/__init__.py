"""A business's own segments: rules as documents, as statements and as sentences."""
