"""The pure core of the judge."""

from amends.judgement.judge.core.deciding import clocks_and_liability, judge
from amends.judgement.judge.core.judgement import Because, Citation, Contradiction, Judgement, Move, Unknown
from amends.judgement.judge.core.simulation import WHAT_IFS, Bar, Simulation, simulate

__all__ = [
    "WHAT_IFS",
    "Bar",
    "Because",
    "Citation",
    "Contradiction",
    "Judgement",
    "Move",
    "Simulation",
    "Unknown",
    "clocks_and_liability",
    "judge",
    "simulate",
]
