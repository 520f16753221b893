"""What Airflow asks of a provider package."""

from __future__ import annotations

from typing import Any

from retrograde_airflow import __version__


def get_provider_info() -> dict[str, Any]:
    """Return the package's connection type."""
    return {
        "package-name": "retrograde-airflow",
        "name": "Retrograde",
        "description": "Airflow takes its DAGs from a Retrograde service.",
        "versions": [__version__],
        "connection-types": [
            {
                "connection-type": "retrograde",
                "hook-class-name": "retrograde_airflow.hook.RetrogradeHook",
                "hook-name": "Retrograde",
            }
        ],
    }
