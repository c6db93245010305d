"""Open points: what a binding could still say about a document, and how it is asked."""
