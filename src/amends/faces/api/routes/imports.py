"""Imports: send a file, watch its run, fetch what was rejected."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["imports"])
