from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "amends.intake.reviews"
    label = "reviews"
