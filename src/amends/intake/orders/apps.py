from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "amends.intake.orders"
    label = "orders"
