"""Advice: what a careful release engineer sees in a rollout that could run as it is."""
