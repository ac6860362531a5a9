from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "amends.intake.tracking"
    label = "tracking"
