"""Amends: an after-sales and dispute desk for sellers who sell across borders."""

__version__ = "0.1.0"
