"""Dashboards as code; the foundation SDK is needed only to make them: `make docs` writes them to `grafana/_gen/`."""
