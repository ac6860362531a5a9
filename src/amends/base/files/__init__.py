"""Files, kept by their hash: `actions.store` to keep one, `queries.open_file` and `queries.path_of` to read it."""
