"""Answering in the buyer's language from approved texts."""

from amends.language.templates.books import catalogue
from amends.language.templates.core import BY_REMEDY, Phrasebook, Rendered, render, resolve, suggest

__all__ = ["BY_REMEDY", "Phrasebook", "Rendered", "catalogue", "render", "resolve", "suggest"]
