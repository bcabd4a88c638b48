"""Ready-made segments: what is usual, their rules, who is in them, and all of it in words."""
