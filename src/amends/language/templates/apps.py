from django.apps import AppConfig


class TemplatesConfig(AppConfig):
    name = "amends.language.templates"
    label = "reply_templates"
