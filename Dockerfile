# One image: the server, its background work, and an embedded PostgreSQL for those who bring none.
FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /opt/rekindle
COPY requirements.lock .
RUN /opt/rekindle/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /opt/rekindle/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/rekindle --create-home rekindle
COPY --from=build /opt/rekindle /opt/rekindle
ENV PATH=/opt/rekindle/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    REKINDLE_HOST=0.0.0.0 \
    REKINDLE_DATA_DIR=/var/lib/rekindle/data
USER rekindle
WORKDIR /var/lib/rekindle
VOLUME /var/lib/rekindle/data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["rekindle", "serve"]
