"""Answering in the buyer's language from approved texts."""

from amends.language.templates.books import catalogue
from amends.language.templates.core import BY_REMEDY, Phrasebook, Rendered, Situation, render, resolve, suggest

__all__ = ["BY_REMEDY", "Phrasebook", "Rendered", "Situation", "catalogue", "render", "resolve", "suggest"]
