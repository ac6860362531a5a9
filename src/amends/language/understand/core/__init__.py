"""The pure part of understanding: text, lexicon, entities, signals and the reading they add up to."""
