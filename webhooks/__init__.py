"""What happened, told to the businesses' own software."""
