"""What is worth doing today: what there is to do, how likely it helps, which come first."""
