import os
from pathlib import Path


def _root() -> Path:
    return Path(os.environ["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH"])


def get_bundle_tracking_dir(bundle_name: str) -> Path:
    return _root() / "_tracking" / bundle_name


class BaseDagBundle:
    supports_versioning = False

    def __init__(self, *, name, refresh_interval=300, version=None, view_url_template=None):
        self.name = name
        self.version = version
        self.refresh_interval = refresh_interval
        self.is_initialized = False
        self.base_dir = _root() / name
        self.versions_dir = self.base_dir / "versions"
        self._view_url_template = view_url_template

    def initialize(self) -> None:
        self.is_initialized = True
