"""Rules beside the rate: what they are, when they hold, what they give and what returns undo."""
