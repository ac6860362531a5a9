"""Strong phrases: which concepts, standing together, say what a message is about. The same rules in every language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    leaf: str
    needs: frozenset[str]
    excludes: frozenset[str] = frozenset()

    def fires(self, concepts: frozenset[str]) -> bool:
        return self.needs <= concepts and not self.excludes & concepts

    @property
    def name(self) -> str:
        return "+".join(sorted(self.needs))


def _rule(leaf: str, needs: str, excludes: str = "") -> Rule:
    return Rule(leaf, frozenset(needs.split()), frozenset(excludes.split()))


_GOODS = "damaged defective wrong_item missing fake differs size"
# In order: what comes first is what the message is about when several fire.
RULES: tuple[Rule, ...] = (
    _rule("unauthorised", "not_me", _GOODS + " chargeback"),
    _rule("chargeback", "chargeback", "not_me"),
    _rule("duplicate_charge", "double_charge"),
    _rule("refund_missing", "refund_waiting", "not_arrived " + _GOODS),
    _rule("payment_failed", "payment_failed", "double_charge chargeback"),
    _rule("counterfeit", "fake", "tracking_dead"),
    _rule("parcel_returned", "returned_parcel", _GOODS),
    _rule("customs_detained", "customs", _GOODS),
    _rule("tracking_invalid", "tracking_dead", "says_delivered customs"),
    _rule("delivered_not_received", "says_delivered", "customs " + _GOODS),
    _rule("address_change", "change_address", "says_delivered " + _GOODS),
    _rule("wrong_address", "sent_wrong_address own_label", "change_address"),
    _rule("wrong_address", "sent_wrong_address", "change_address " + _GOODS),
    _rule("cancellation", "cancel", "damaged defective missing fake arrived not_me"),
    _rule("short_shipment", "missing", "damaged defective fake"),
    _rule("wrong_item", "wrong_item", "damaged defective missing fake"),
    _rule("damaged", "damaged in_transport", "in_use fake"),
    _rule("quality", "damaged in_use", "in_transport fake"),
    _rule("damaged", "damaged", "defective in_use fake"),
    _rule("quality", "defective", "fake"),
    _rule("description", "differs", "damaged defective fake wrong_item"),
    _rule("description", "size", "damaged defective fake wrong_item regret presale"),
    _rule("change_of_mind", "regret", _GOODS + " cancel"),
    _rule("change_of_mind", "return_wish", _GOODS + " refund_waiting"),
    _rule("in_transit_late", "not_arrived late", "where"),
    _rule("where_is_my_order", "where", "late not_arrived"),
    _rule("other", "offer_spam"),
    _rule("other", "chatter", "thanks praise where not_arrived refund"),
    _rule("thanks", "thanks praise", _GOODS + " refund not_arrived late"),
    _rule("question", "presale", "where not_arrived late refund cancel " + _GOODS),
)


def fired(concepts: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.fires(concepts))


def features(concepts: frozenset[str]) -> dict[str, float]:
    """What the concept classifier sees: each concept, each pair of them, and each rule that fires."""
    ordered = sorted(concepts)
    seen = dict.fromkeys(ordered, 1.0)
    seen.update({f"{a}&{b}": 0.5 for i, a in enumerate(ordered) for b in ordered[i + 1 :]})
    seen.update({f"!{rule.leaf}:{rule.name}": 1.5 for rule in fired(concepts)})
    first = next(iter(fired(concepts)), None)
    if first:
        seen[f"!!{first.leaf}"] = 1.5
    return seen
