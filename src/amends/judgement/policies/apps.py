from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "amends.judgement.policies"
    label = "policies"
