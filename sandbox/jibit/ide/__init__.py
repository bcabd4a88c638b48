"""The inquiries, IDE v1."""
