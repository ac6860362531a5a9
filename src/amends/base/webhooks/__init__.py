"""Webhooks out: `actions.emit` writes an event down for every endpoint that wants it, jobs deliver in order."""
