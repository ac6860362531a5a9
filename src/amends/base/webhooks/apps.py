from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "amends.base.webhooks"
    label = "webhooks"
