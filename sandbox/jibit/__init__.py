"""Jibit's dialects, from their documented facts: gateway, transfers and inquiries."""
