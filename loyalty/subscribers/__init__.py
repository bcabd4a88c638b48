"""What loyalty hears."""

from loyalty.subscribers import points, story

__all__ = ["points", "story"]
