from django.apps import AppConfig


class BuyersConfig(AppConfig):
    name = "amends.intake.buyers"
    label = "buyers"
