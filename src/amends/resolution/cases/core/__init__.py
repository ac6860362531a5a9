"""Pure core of a case: `axes` (states, the transition table, guards) and `decide` (what a verb does)."""
