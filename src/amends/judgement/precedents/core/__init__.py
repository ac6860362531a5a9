"""What a case is compared by, how far two lie apart, what is alike and what differs, and how a case came out."""

from .compare import Comparison, Item, compare
from .distance import CODING, FIELDS, LIMIT, Field, Sort, Weighing, distance, encode, pack, share, weighing
from .features import Features, features_of
from .outcome import Counts, Offered, Outcome, tallies
from .words import MOST_WORDS, hashed_words, pack_words

__all__ = [
    "CODING",
    "FIELDS",
    "LIMIT",
    "MOST_WORDS",
    "Comparison",
    "Counts",
    "Features",
    "Field",
    "Item",
    "Offered",
    "Outcome",
    "Sort",
    "Weighing",
    "compare",
    "distance",
    "encode",
    "features_of",
    "hashed_words",
    "pack",
    "pack_words",
    "share",
    "tallies",
    "weighing",
]
