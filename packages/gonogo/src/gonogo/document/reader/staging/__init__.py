"""Which parts of the document are its stages, and what stands in them."""
