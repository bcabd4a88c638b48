"""Settings: twelve-factor, safe by default, the same file for demo, tests and production."""

import json
import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.database import databases, redis_url
from config.schedule import BEAT_SCHEDULE, NIGHTLY, TICKS

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = os.environ.get("VAFA_ENV", "dev")  # dev | test | demo | production
TESTING = ENV == "test"
PRODUCTION = ENV == "production"
DEBUG = os.environ.get("DEBUG", "") == "1" and not PRODUCTION


def _secret(name: str) -> str:
    value = os.environ.get(name, "")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}")
    return value or f"only-for-development-{name.lower()}-{'x' * 40}"


def _listed(name: str, default: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


SECRET_KEY = _secret("SECRET_KEY")
# Keys that encrypt provider credentials, newest first; older ones stay readable until rotated.
FIELD_KEYS = _listed("FIELD_KEYS", "") or [_secret("FIELD_KEY")]

ALLOWED_HOSTS = _listed("ALLOWED_HOSTS", "" if PRODUCTION else "*")
CSRF_TRUSTED_ORIGINS = _listed("CSRF_TRUSTED_ORIGINS", "")
BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_htmx",
    "core",
    "outbox",
    "businesses",
    "messaging",
    "customers",
    "payments",
    # Hears of a sale before loyalty: an invitation needs no answer and travels with the points.
    "feedback",
    "loyalty",
    "segmentation",
    "campaigns",
    "webhooks",
    "dashboard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.api.journal.Journal",
    "core.api.policy.PolicyMiddleware",
    "core.api.pages_only.Sessions",
    "core.api.pages_only.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.api.pages_only.Users",
    "core.api.pages_only.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "dashboard" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = databases()
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("CACHE_URL", REDIS_URL),
        "KEY_PREFIX": f"vafa-{ENV}-{os.environ.get('PYTEST_XDIST_WORKER', '')}",
    }
}

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "businesses.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "businesses.web.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "businesses.web.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "businesses.web.forms.LoginForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Mobiles are verified by the business that adds them; no code is sent at login.
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_EMAIL_VERIFICATION = os.environ.get("ACCOUNT_EMAIL_VERIFICATION", "optional")
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"} if not TESTING else False
# Behind a proxy all the world has one address, and ten wrong passwords would lock everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "1" if PRODUCTION else "0"))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Vafa <no-reply@localhost>")

# --- Language and time -------------------------------------------------------------------------
LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی"), ("en", "English")]
USE_I18N = True
# Before the catalogues of others: a word of theirs must not stand for ours.
LOCALE_PATHS = [path for app in INSTALLED_APPS if (path := BASE_DIR / app / "locale").is_dir()]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "dashboard.web.assets.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = TESTING  # else every test client lists thousands of files
MEDIA_ROOT = BASE_DIR / "var" / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Browser security --------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/", "/api/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # The pay page posts on to the bank of the business's choice.
        "form-action": [SELF, "https:", *_listed("CSP_FORM_ACTION", "http://127.0.0.1:*")],
    },
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- API ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["businesses.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["businesses.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.render.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vafa API",
    "DESCRIPTION": "Payment-linked customer loyalty. Amounts are integer rial, times ISO 8601.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Several lists are called kind; these are each of several documents.
    "ENUM_NAME_OVERRIDES": {
        "KindEnum": ["text", "number", "yes_no", "choice", "choices", "day", "month"],
        "ContextKindEnum": ["text", "number", "yes_no", "choice"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "webhooks.api.documents.add_webhooks",
    ],
}
API_RATE_PER_MINUTE = int(os.environ.get("API_RATE_PER_MINUTE", "6000"))
# Of one public page; a mobile network's customers share an address, and all tests do.
PUBLIC_RATE_PER_ADDRESS = int(
    os.environ.get("PUBLIC_RATE_PER_ADDRESS", "1000000" if TESTING else "600")
)

# --- Workers -----------------------------------------------------------------------------------
_TRANSPORT = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "health_check_interval": 30,
    "retry_on_timeout": True,
    "global_keyprefix": f"vafa-{ENV}-{os.environ.get('PYTEST_XDIST_WORKER', '')}",
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = _TRANSPORT
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = _TRANSPORT
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    **{task: {"queue": queue} for task, (_seconds, queue) in TICKS.items()},
    **{task: {"queue": queue} for task, (_minute, queue) in NIGHTLY.items()},
}
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
TICK_TASKS = list(TICKS)
OUTBOX_LEASE_SECONDS = int(os.environ.get("OUTBOX_LEASE_SECONDS", "90"))
OUTBOX_NUDGE = os.environ.get("OUTBOX_NUDGE", "0" if TESTING else "1") == "1"

# Receivers of webhooks on this machine and over plain HTTP: for tests and the demonstration.
WEBHOOKS_INSIDE = not PRODUCTION and os.environ.get("WEBHOOKS_INSIDE", "0") == "1"

# --- Outside services (each can be pointed elsewhere by environment) ----------------------------
# JSON of {"<product>.<host>": "https://…"}; the products' own addresses are in payments/providers.
PROVIDER_URLS: dict[str, str] = json.loads(os.environ.get("PROVIDER_URLS", "{}"))
if "ZARINPAL_BASE_URL" in os.environ:
    PROVIDER_URLS.setdefault("zarinpal.main", os.environ["ZARINPAL_BASE_URL"])
SANDBOX_URL = os.environ.get("SANDBOX_URL", "http://127.0.0.1:8100").rstrip("/")
SMS_BASE_URL = os.environ.get("SMS_BASE_URL", "https://api.kavenegar.com")

# --- Staff admin -------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("Vafa"),
    "SITE_HEADER": _("Vafa"),
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _request: "/static/dashboard/css/admin.css"],
    "COLORS": {
        "primary": {
            "50": "#e7f3f2",
            "100": "#cfe7e5",
            "200": "#9fcfcb",
            "300": "#6fb7b1",
            "400": "#3f9f97",
            "500": "#0b7a75",
            "600": "#0a6e69",
            "700": "#085c58",
            "800": "#064946",
            "900": "#053735",
            "950": "#032423",
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "bare": {"format": "%(message)s"},
    },
    "filters": {"routes": {"()": "core.api.journal.RoutesForPaths"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["routes"],
        },
        "journal": {"class": "logging.StreamHandler", "formatter": "bare"},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {
        "vafa.requests": {
            "handlers": ["journal"],
            "level": os.environ.get("REQUEST_LOG_LEVEL", "INFO"),
            "propagate": False,
        }
    },
}
