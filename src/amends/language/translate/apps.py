from django.apps import AppConfig


class TranslateConfig(AppConfig):
    name = "amends.language.translate"
    label = "translate"
