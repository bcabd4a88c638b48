"""What a till, terminal or other software at a place of sale asks for."""
