"""The Airflow connection of type ``retrograde``."""

from __future__ import annotations

from typing import Any

try:
    from airflow.sdk import BaseHook
except ImportError:  # Airflow 3.0 and 2
    from airflow.hooks.base import BaseHook

from retrograde_airflow.errors import Misconfigured, RetrogradeError
from retrograde_airflow.service import Service
from retrograde_airflow.settings import Settings

_ANY_RELEASE_NAME = "any"


class RetrogradeHook(BaseHook):  # type: ignore[misc]
    """
    Reads the address of the service and the API key from a connection.

    The connection's host is the URL of the service, its password the API key, its schema the release name. Extras:
    ``web_url``, the address of the web client where people reach it under another one.

    :param retrograde_conn_id: The id of the connection.
    """

    conn_name_attr = "retrograde_conn_id"
    default_conn_name = "retrograde_default"
    conn_type = "retrograde"
    hook_name = "Retrograde"

    def __init__(self, retrograde_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.retrograde_conn_id = retrograde_conn_id

    def get_conn(self) -> Service:
        """Return the reader of the connection's Deployment."""
        return Service(self.get_settings())

    def get_settings(self, release_name: str | None = None) -> Settings:
        """
        Return what the connection holds.

        :param release_name: Of the Deployment, instead of the connection's.
        :raises Misconfigured: if something is missing or malformed.
        """
        connection = self._find_connection()
        name = release_name or connection.schema
        if not name:
            raise Misconfigured(
                f"No release name is given: add release_name to the DAG bundle, or fill in "
                f"the release name of the connection {self.retrograde_conn_id}"
            )
        if not connection.host:
            raise Misconfigured(f"The connection {self.retrograde_conn_id} has no URL")
        extras = connection.extra_dejson
        url = connection.host
        if "://" not in url:
            port = f":{connection.port}" if connection.port else ""
            url = f"{extras.get('scheme', 'https')}://{url}{port}"
        return Settings(
            url=url,
            release_name=name,
            api_key=connection.password or "",
            web_url=extras.get("web_url") or None,
        )

    def test_connection(self) -> tuple[bool, str]:
        """Ask the service what the Deployment runs, for the button in Airflow's pages."""
        try:
            connection = self._find_connection()
            if not connection.schema:
                return self._test_key()
            settings = self.get_settings()
            live = Service(settings, attempts=1).find_live()
        except RetrogradeError as error:
            return False, str(error)
        if live is None:
            return True, f"{settings.release_name} has no DAGs yet"
        return True, f"{settings.release_name} runs DAG bundle {live.version}"

    def _test_key(self) -> tuple[bool, str]:
        service = Service(self.get_settings(_ANY_RELEASE_NAME), attempts=1)
        service.check_api_key()
        return True, "The service knows the API key. Fill in a release name to test more."

    def _find_connection(self) -> Any:
        try:
            return self.get_connection(self.retrograde_conn_id)
        except Exception as error:
            raise Misconfigured(f"The connection {self.retrograde_conn_id} cannot be read: {error}") from error

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """Return how the fields of the connection are named."""
        return {
            "hidden_fields": ["login", "port"],
            "relabeling": {"host": "URL", "password": "API key", "schema": "Release name"},
            "placeholders": {
                "host": "https://retrograde.example.com",
                "password": "of a service account with the role Deployment Viewer",
                "extra": '{"web_url": "https://app.example.com"}',
            },
        }
