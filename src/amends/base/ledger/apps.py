from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "amends.base.ledger"
    label = "ledger"
