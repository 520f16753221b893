"""Airflow takes its DAGs from a Retrograde service."""

__version__ = "0.1.0"
