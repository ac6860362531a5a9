from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "amends.judgement.health"
    label = "health"
