"""What devices did, what came late, and what they may do without a network."""
