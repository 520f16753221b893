"""The DAG bundle for Airflow 3."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from airflow.configuration import conf
from airflow.dag_processing.bundles.base import BaseDagBundle, get_bundle_tracking_dir

from retrograde_airflow.errors import RetrogradeError
from retrograde_airflow.hook import RetrogradeHook
from retrograde_airflow.service import Service
from retrograde_airflow.settings import URL_VARIABLE, Settings, settings_from_environment
from retrograde_airflow.store import Pointer, VersionStore

try:
    from airflow.dag_processing.bundles.base import BundleVersion
except ImportError:  # before Airflow 3.3
    BundleVersion = None

log = logging.getLogger(__name__)


class RetrogradeDagBundle(BaseDagBundle):  # type: ignore[misc]
    """
    The DAGs that a Deployment of Retrograde runs.

    Its version is the DAG bundle version of Retrograde, so a DAG run finishes on the DAGs that it began with, and a
    rollback leads back to the version that ran before. While the service is away, the last version goes on.

    :param conn_id: A connection of type ``retrograde`` with URL, API key and release name.
    :param url: The URL of the service, instead of a connection; else ``RETROGRADE_URL``.
    :param release_name: The release name of the Deployment; else the connection's, or ``RETROGRADE_RELEASE_NAME``.
    :param api_key_file: A file with the API key; else ``RETROGRADE_API_KEY_FILE``, or ``RETROGRADE_API_KEY``.
    :param web_url: The address of the web client for people's browsers, where it is not ``url``.
    """

    supports_versioning = True

    def __init__(
        self,
        *,
        conn_id: str | None = None,
        url: str | None = None,
        release_name: str | None = None,
        api_key_file: str | None = None,
        web_url: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._conn_id = conn_id
        self._given = {
            "url": url,
            "release_name": release_name,
            "api_key_file": api_key_file,
            "web_url": web_url,
        }
        self._pointer: Pointer | None = None
        self._is_service_away = False

    def initialize(self) -> None:
        """
        Fetch the version that was asked for, or the live one.

        :raises RetrogradeError: if there are no files to work with.
        """
        if self.version:
            self._store.fetch(self.version)
        else:
            self.refresh()
        super().initialize()

    def refresh(self) -> None:
        """
        Follow the service to the version that is live.

        :raises RetrogradeError: if the service has not answered, and no earlier version is here.
        """
        if self.version:
            raise RetrogradeError("A specific version of a DAG bundle is not refreshed")
        before = self._pointer
        try:
            self._pointer = self._store.refresh()
        except RetrogradeError as error:
            self._pointer = self._store.read_pointer()
            if self._pointer is None or not self._is_here(self._pointer):
                self._pointer = None
                raise
            self._is_service_away = True
            asked_at = datetime.fromtimestamp(self._pointer.asked_at, timezone.utc)
            log.warning(
                "DAG bundle %s cannot be refreshed: %s. Version %s goes on; the service was last asked at %s",
                self.name,
                error,
                self._pointer.version,
                asked_at.isoformat(timespec="seconds"),
            )
            return
        if self._is_service_away:
            self._is_service_away = False
            log.info("DAG bundle %s can be refreshed again", self.name)
        if before is None or before.version != self._pointer.version:
            self._report_switch(self._pointer)
            self._remove_unused()

    @property
    def path(self) -> Path:
        """The folder with the DAGs."""
        version = self._current_version
        if version:
            return self._versions_path(version)
        empty = Path(self.base_dir) / "empty"
        if self.is_initialized or self._pointer is not None:
            empty.mkdir(parents=True, exist_ok=True)
        return empty

    def get_current_version(self) -> Any:
        """Return the version in :attr:`path`; ``None`` while the Deployment has no DAGs."""
        version = self._current_version
        return version if version is None or BundleVersion is None else BundleVersion(version=version)

    def view_url(self, version: str | None = None) -> str | None:
        """Return the address of the deploy history, for Airflow 3.0."""
        template = self.view_url_template()
        return None if template is None else template.format(version=version or "")

    def view_url_template(self) -> str | None:
        """Return the address of the deploy history, with the version as its search text."""
        given = getattr(self, "_view_url_template", None)
        if given:
            return str(given)
        try:
            return self._settings.history_url_template
        except Exception as error:  # A connection can fail in many ways, and this is only a link.
            log.warning("DAG bundle %s has no link to its deploy history: %s", self.name, error)
            return None

    @property
    def _current_version(self) -> str | None:
        if self.version:
            return str(self.version)
        return None if self._pointer is None else self._pointer.version

    def _versions_path(self, version: str) -> Path:
        return Path(self.versions_dir) / version

    def _is_here(self, pointer: Pointer) -> bool:
        return pointer.version is None or self._versions_path(pointer.version).is_dir()

    def _report_switch(self, pointer: Pointer) -> None:
        if pointer.version is None:
            log.warning(
                "DAG bundle %s is empty: %s runs without DAGs of its own",
                self.name,
                self._settings.release_name,
            )
        else:
            log.info("DAG bundle %s is at version %s", self.name, pointer.version)

    def _remove_unused(self) -> None:
        """Airflow removes the versions that tasks have used, and knows nothing of the others."""
        tracking = get_bundle_tracking_dir(bundle_name=self.name)
        try:
            tracked = frozenset(file.name for file in tracking.iterdir()) if tracking.is_dir() else frozenset()
            self._store.remove_unused(
                keep=conf.getint("dag_processor", "stale_bundle_cleanup_min_versions"),
                unused_for=conf.getint("dag_processor", "stale_bundle_cleanup_age_threshold"),
                except_for=tracked,
            )
        except (RetrogradeError, OSError) as error:
            log.warning("Old versions of DAG bundle %s were not removed: %s", self.name, error)

    @property
    def _store(self) -> VersionStore:
        # The service is looked up when it is asked, so that a changed connection counts at once.
        return VersionStore(lambda: Service(self._settings), Path(self.base_dir), Path(self.versions_dir))

    @property
    def _settings(self) -> Settings:
        conn_id = self._conn_id
        if conn_id is None and not self._given["url"] and not os.environ.get(URL_VARIABLE):
            conn_id = RetrogradeHook.default_conn_name
        given: dict[str, Any] = {name: value for name, value in self._given.items() if value}
        if conn_id is None:
            return settings_from_environment(**given)
        settings = RetrogradeHook(conn_id).get_settings(given.get("release_name"))
        if "api_key_file" in given:
            given["api_key"] = None
        return replace(settings, **given)
