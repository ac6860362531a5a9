"""Answering in the buyer's language from approved texts."""

from amends.language.templates.books import catalogue
from amends.language.templates.core.book import Phrasebook, resolve
from amends.language.templates.core.render import Rendered, letter, render
from amends.language.templates.core.suggest import BY_REMEDY, Situation, suggest

__all__ = ["BY_REMEDY", "Phrasebook", "Rendered", "Situation", "catalogue", "letter", "render", "resolve", "suggest"]
