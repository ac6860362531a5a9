"""Figures behind every claim about languages."""
