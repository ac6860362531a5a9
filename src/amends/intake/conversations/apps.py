from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "amends.intake.conversations"
    label = "conversations"
