"""How gunicorn serves the sandbox: one process, many threads, since faults make callers wait."""

import os

wsgi_app = "sandbox.app:create_app()"
bind = f"{os.environ.get('SANDBOX_HOST', '127.0.0.1')}:{os.environ.get('SANDBOX_PORT', '8100')}"
worker_class = "gthread"
workers = 1
threads = 64
backlog = 512
keepalive = 5
graceful_timeout = 2
timeout = 120
control_socket_disable = True
proc_name = "vafa-sandbox"
loglevel = os.environ.get("SANDBOX_LOG_LEVEL", "warning")
