from django.apps import AppConfig


class UnderstandConfig(AppConfig):
    name = "amends.language.understand"
    label = "understand"
