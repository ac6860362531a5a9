"""Translating both ways: memory, approved text, engine, pivot, or an honest gist."""
