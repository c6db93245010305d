"""The reader: Markdown becomes a `Reading`, every line accounted for; pure, and total."""
