"""Which shop the rows of a file belong to."""

from __future__ import annotations

from dataclasses import dataclass, field

from amends.base.accounts.core import Scope
from amends.base.accounts.models import Shop
from amends.intake.imports.core.layout import Layout, Site
from amends.intake.imports.core.problems import FileRefused
from amends.intake.imports.core.records import ShopHint

PLATFORM_NAMES = {"ebay": "eBay", "aliexpress": "AliExpress", "tau_retail": "tau-retail", "other": "Imported orders"}


@dataclass(slots=True)
class ShopFinder:
    """Finds the shop of a row, or makes it; each question is asked of the database once a run."""

    scope: Scope
    given: Shop | None = None
    made: list[int] = field(default_factory=list)
    _known: dict[tuple[str, ShopHint, bool], Shop | None] = field(default_factory=dict)

    def find(self, layout: Layout, hint: ShopHint, currency: str) -> Shop | None:
        """The given shop, else the one of the row's platform and sales channel, made when there is none.

        `currency` is empty for rows that only attach to orders. For those, None is returned when the rows do not
        settle the shop: then the order's number decides. Raises FileRefused `shop_ambiguous` for other rows.
        """
        if self.given is not None:
            return self.given
        key = (layout.id, hint, bool(currency))
        if key not in self._known:
            self._known[key] = self._find(layout, hint, currency)
        return self._known[key]

    def _find(self, layout: Layout, hint: ShopHint, currency: str) -> Shop | None:
        platform = hint.platform or layout.platform
        # A channel the layout does not know (Amazon's `Non-Amazon US`) is a shop of its own, not a guess.
        site = layout.sites.get(hint.channel) or Site(hint.channel[:8])
        named = Shop.objects.filter(organisation_id=self.scope.organisation_id, platform=platform)
        if hint.name:
            return named.filter(name=hint.name).first() or self._make(platform, site, hint.name, currency)
        if layout.family == "amends" and not hint.platform and not currency:
            return None
        found = list(named.order_by("pk"))
        exact = [shop for shop in found if shop.site == site.code] if site.code else found
        exact = exact or [shop for shop in found if not shop.site]
        if len(exact) == 1:
            return exact[0]
        if exact and not currency:
            return None
        if exact:
            raise FileRefused("shop_ambiguous", shops=", ".join(shop.name for shop in exact[:10]))
        return self._make(platform, site, "", currency)

    def _make(self, platform: str, site: Site, name: str, currency: str) -> Shop:
        label = name or f"{PLATFORM_NAMES.get(platform, platform.title())} {site.code}".strip()
        shop, created = Shop.objects.get_or_create(
            organisation_id=self.scope.organisation_id,
            platform=platform,
            name=label[:120],
            defaults={
                "site": site.code,
                "currency": site.currency or currency or "USD",
                "time_zone": site.zone or "UTC",
            },
        )
        if created:
            self.made.append(shop.pk)
        return shop
