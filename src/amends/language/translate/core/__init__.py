"""The pure part of translation: segments, masks, checks, routes."""
