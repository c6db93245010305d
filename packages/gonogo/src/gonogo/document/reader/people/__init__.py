"""Who approves, and whom to call."""
