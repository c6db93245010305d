"""The world, one family to a folder. Families do not know each other."""
