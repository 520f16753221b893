from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_service import READER, FakeService
from retrograde_airflow.service import Service
from retrograde_airflow.settings import Settings

# The folder that this package lies in has the same name, and is no Airflow.
installed = importlib.util.find_spec("airflow")
if installed is None or installed.origin is None:
    sys.path.insert(0, str(Path(__file__).parent / "stubs"))

V1 = "2026-01-01T00:00:00.000001Z"
V2 = "2026-01-02T00:00:00.000001Z"
V3 = "2026-01-03T00:00:00.000001Z"


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "RELEASE_NAME", "API_KEY", "API_KEY_FILE", "WEB_URL"):
        monkeypatch.delenv(f"RETROGRADE_{name}", raising=False)


@pytest.fixture
def fake() -> Iterator[FakeService]:
    fake = FakeService()
    yield fake
    fake.close()


@pytest.fixture
def settings(fake: FakeService) -> Settings:
    return Settings(url=fake.url, release_name=fake.release_name, api_key=READER)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def service(settings: Settings, pauses: list[float]) -> Service:
    return Service(settings, timeout=5, sleep=pauses.append)
