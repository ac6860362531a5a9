"""The demo organisation: loaded on first start, labelled as demo everywhere, removed in one step."""

from amends.flows.demo.load import DEMO_EMAIL, DEMO_PASSWORD, DEMO_SLUG, load, loaded, remove

__all__ = ["DEMO_EMAIL", "DEMO_PASSWORD", "DEMO_SLUG", "load", "loaded", "remove"]
