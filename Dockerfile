# Small, non-root, made for a read-only root with one volume at /data. `docker compose up` shows how it is run.
FROM python:3.11-slim AS build
WORKDIR /src
COPY . .
RUN sh docker/install.sh /opt/chairside

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data chairside && install -d -o chairside /data
COPY --from=build /opt/chairside /opt/chairside
ENV PATH=/opt/chairside/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER chairside
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["chairside"]
CMD ["serve", "--host", "0.0.0.0", "--data", "/data"]
