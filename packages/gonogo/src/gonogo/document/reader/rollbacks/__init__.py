"""The ways back: sections, labels, sentences and table columns."""
