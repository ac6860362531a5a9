"""The one-time link by which a person sets a password: for a new account, or one whose password is lost."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import NoReverseMatch, reverse

from amends.base.accounts.models import User


def set_password_path(user: User) -> str | None:
    """The path below the site's address. It works once, for three days; None where no sign-in pages are mounted.

    The key covers the password hash and the last sign-in, so using the link, or signing in, makes it void.
    """
    words = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    try:
        return reverse("account_reset_password_from_key", kwargs=words)
    except NoReverseMatch:
        return None
