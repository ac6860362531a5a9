"""The one decision of the house."""

from amends.judgement.judge.core import WHAT_IFS, Judgement, Simulation, clocks_and_liability, judge, simulate
from amends.judgement.judge.wire import differences, digest, judgement_json, simulation_json

__all__ = [
    "WHAT_IFS",
    "Judgement",
    "Simulation",
    "clocks_and_liability",
    "differences",
    "digest",
    "judge",
    "judgement_json",
    "simulate",
    "simulation_json",
]
