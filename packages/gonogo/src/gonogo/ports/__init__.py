"""What the runner needs of the world, as protocols. They speak only the vocabulary."""
