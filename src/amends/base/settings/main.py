"""Django settings of a running installation, made from `env`."""

from __future__ import annotations

import dj_database_url

from amends.base.settings import env, secret

HOME = env.home()
DEBUG = env.read("AMENDS_DEBUG") == "1"
SECRET_KEY = env.read("AMENDS_SECRET_KEY") or secret.load_or_create(HOME / "keys" / "secret")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, env.read("AMENDS_ALLOWED_HOSTS").split(","))]
if env.read("AMENDS_HOST") not in ("127.0.0.1", "localhost"):
    ALLOWED_HOSTS.append("*" if env.read("AMENDS_HOST") == "0.0.0.0" else env.read("AMENDS_HOST"))  # noqa: S104 - compared with, not bound to

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(HOME / "amends.sqlite3"),
    "OPTIONS": {
        # IMMEDIATE: a read that becomes a write cannot lose its snapshot to another writer (engine facts, 2.1).
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: refunds live in this file, and NORMAL may lose the last commits on power loss.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;",
    },
}
DATABASES = {
    "default": dj_database_url.parse(env.read("DATABASE_URL"), conn_max_age=60, conn_health_checks=True)
    if env.read("DATABASE_URL")
    else SQLITE
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "amends.base.accounts",
    "amends.base.ledger",
    "amends.base.jobs",
    "amends.base.files",
    "amends.base.webhooks",
    "amends.intake.buyers",
    "amends.intake.orders",
    "amends.intake.conversations",
    "amends.intake.tracking",
    "amends.intake.reviews",
    "amends.intake.imports",
    "amends.language.understand",
    "amends.language.templates",
    "amends.language.translate",
    "amends.judgement.rules",
    "amends.judgement.policies",
    "amends.judgement.precedents",
    "amends.judgement.health",
    "amends.resolution.cases",
    "amends.resolution.refunds",
    "amends.faces.console",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "amends.faces.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "amends.faces.middleware.ReaderLocale",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "amends.faces.middleware.CurrentScope",
]
ROOT_URLCONF = "amends.faces.urls"
WSGI_APPLICATION = "amends.faces.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [env.package_dir() / "faces" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "amends.faces.console.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an owner, never by a stranger
ACCOUNT_ADAPTER = "amends.faces.console.signin.ClosedSignup"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Amends"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
CSRF_FAILURE_VIEW = "amends.faces.console.errors.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = env.read("AMENDS_LANGUAGE")
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [env.package_dir() / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [env.package_dir() / "faces" / "static"]
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The public address says whether browsers see HTTPS, also when a proxy speaks it for us.
PUBLIC_URL = env.read("AMENDS_URL").rstrip("/")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SESSION_COOKIE_SECURE else "http"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # two counters a caller of the API; the default of 300 forgets them early
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.read("AMENDS_LOG_LEVEL")},
}
