"""The pure part of the guard: what a rule on texts is, and what follows from what a text says."""
