"""The transferor, v2."""
