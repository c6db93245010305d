"""What the words of a title or a sentence speak of, in several languages."""
