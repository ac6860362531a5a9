from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "amends.judgement.rules"
    label = "rules"
