"""
The vocabulary of gonogo: what a plan, a rollout and its journal are made of.

Values only, frozen; nothing here decides, reads or performs. Start with `plan`.
"""
