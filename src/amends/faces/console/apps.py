from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "amends.faces.console"
    label = "console"
