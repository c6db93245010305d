"""The compiler: a reading and its bindings become a plan; pure, and total."""
