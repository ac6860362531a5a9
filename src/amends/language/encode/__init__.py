"""Texts as directions: the nearer two texts in meaning, in whatever language, the smaller the angle between them."""

from amends.language.encode.core import Encoder, fitted
from amends.language.encode.engines import WORDS, encoder, signed_bytes

__all__ = ["WORDS", "Encoder", "encoder", "fitted", "signed_bytes"]
