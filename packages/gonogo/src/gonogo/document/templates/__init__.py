"""Templates: the first document for a change, filled with what a project has."""
