"""Account health: where each shop stands against the lines of its platform, and what one more loss costs today."""
