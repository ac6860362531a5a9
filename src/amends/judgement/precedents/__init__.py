"""Closed cases that are like the one at hand: structured distance first, words second, and always what differs."""
