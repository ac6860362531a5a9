"""The shapes of what the API answers, and how each is made from a row. They are the published schema."""
