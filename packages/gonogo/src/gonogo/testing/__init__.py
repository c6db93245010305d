"""Public fakes, worlds and scenes: what tests of gonogo, and around it, need."""
