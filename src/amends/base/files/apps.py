from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "amends.base.files"
    label = "files"
