from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "amends.resolution.cases"
    label = "cases"
