"""What a text says about itself: its language, its meaning, and the words we answer with. Text signals only."""
