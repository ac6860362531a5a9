"""Threads and messages: mail and platform messaging in, answers out. Verbs are in `actions`, reads in `queries`."""
