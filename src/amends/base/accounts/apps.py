from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "amends.base.accounts"
    label = "accounts"
