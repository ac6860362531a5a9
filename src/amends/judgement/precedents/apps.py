from django.apps import AppConfig


class PrecedentsConfig(AppConfig):
    name = "amends.judgement.precedents"
    label = "precedents"
