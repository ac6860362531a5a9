"""The pure part: what can be said, and what is found by form and by wording."""
