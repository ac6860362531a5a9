"""Engines, each behind `ports.MTEngine`."""
