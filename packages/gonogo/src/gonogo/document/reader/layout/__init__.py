"""How the text stands on the page: lines, blocks, sentences, tables."""
