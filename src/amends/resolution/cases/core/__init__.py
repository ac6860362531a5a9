"""Pure core of a case: `axes` (states, transitions, guards), `decide` (what a verb does), `effects` (as values)."""
