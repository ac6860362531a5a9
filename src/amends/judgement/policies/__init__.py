"""House rules: what an organisation adds to the shipped rulebook, and the numbers it sets otherwise."""
