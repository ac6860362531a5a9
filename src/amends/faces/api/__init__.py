"""`/api/v1`: the same verbs and reads as the console, as JSON."""
