"""Rules beside the rate: granting, limits, giving back, drafts and versions."""
