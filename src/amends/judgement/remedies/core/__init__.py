"""Remedies: what each way out is expected to cost the seller, which the law asks for, and in which order to offer."""

from amends.judgement.remedies.core.ladder import Plan, Step, plan_for
from amends.judgement.remedies.core.options import BreakEven, Weighed, weigh
from amends.judgement.remedies.core.pricing import Part, Remedy
from amends.judgement.remedies.core.stakes import Effect

__all__ = ["BreakEven", "Effect", "Part", "Plan", "Remedy", "Step", "Weighed", "plan_for", "weigh"]
