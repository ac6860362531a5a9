"""The one decision of the house."""

from amends.judgement.judge.core import Judgement, clocks_and_liability, judge
from amends.judgement.judge.wire import differences, digest, judgement_json

__all__ = ["Judgement", "clocks_and_liability", "differences", "digest", "judge", "judgement_json"]
