"""Recognising customers and keeping their profiles."""
