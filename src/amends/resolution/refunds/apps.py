from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "amends.resolution.refunds"
    label = "refunds"
