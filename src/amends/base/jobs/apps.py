from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "amends.base.jobs"
    label = "jobs"
