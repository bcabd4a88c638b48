"""The product's own settings, told that this is a test."""

import os

os.environ.setdefault("VAFA_ENV", "test")

from config.settings import *
