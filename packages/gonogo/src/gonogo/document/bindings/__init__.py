"""Bindings: what a document cannot say itself, read and checked with its places."""
