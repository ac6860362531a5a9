"""Configuration: one typed reading of the environment (`env`), and the Django settings made from it."""
