"""
What the package expects of the service: asked of the fake by pytest, and of a running service by the service's tests.

``python contract.py`` reads a JSON object from its input: ``url``, ``releaseName`` (with two uploads, the second one
live), ``emptyReleaseName`` (without any), ``readerKey``, ``outsiderKey`` (who sees the Deployment and may not read its
DAGs), ``firstVersion``, ``secondVersion``. Needs nothing but the standard library.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retrograde_airflow.errors import AccessDenied, NotFound, RetrogradeError
from retrograde_airflow.service import Service
from retrograde_airflow.settings import Settings
from retrograde_airflow.store import VersionStore
from retrograde_airflow.sync import main

FIRST = {"etl.py": "print('a')\n", "lib/table.sql": "select 1"}
SECOND = {"etl.py": "print('b')\n"}

Installation = dict[str, str]


def tells_what_is_live(at: Installation) -> None:
    live = service(at).find_live()
    assert live is not None
    assert live.version == at["secondVersion"]
    assert service(at).download(live.version, io.BytesIO()) == live


def answers_an_earlier_version(at: Installation) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = VersionStore(lambda: service(at), Path(folder), Path(folder, "versions"))
        assert files_below(store.fetch(at["firstVersion"])) == FIRST


def is_followed_to_the_live_version(at: Installation) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = VersionStore(lambda: service(at), Path(folder), Path(folder, "versions"))
        pointer = store.refresh()
        assert pointer.version == at["secondVersion"]
        assert files_below(store.folder_of(pointer.version)) == SECOND


def tells_a_version_that_is_gone(at: Installation) -> None:
    version = "2001-01-01T00:00:00.000000Z"
    error = refusal(lambda: service(at).download(version, io.BytesIO()))
    assert isinstance(error, NotFound)
    assert f"DAG bundle {version}" in str(error)
    assert "clean-up" in str(error)


def refuses_a_malformed_version(at: Installation) -> None:
    assert "400" in str(refusal(lambda: service(at).download("latest", io.BytesIO())))


def tells_a_deployment_without_dags(at: Installation) -> None:
    assert service(at, releaseName=at["emptyReleaseName"]).find_live() is None


def tells_an_unknown_deployment(at: Installation) -> None:
    unknown = service(at, releaseName="no-such-release")
    error = refusal(unknown.find_live)
    assert isinstance(error, NotFound)
    assert "no-such-release" in str(error)
    unknown.check_api_key()


def tells_an_unknown_key(at: Installation) -> None:
    for ask in (service(at, readerKey="nobodys-key").find_live, service(at, readerKey="nobodys-key").check_api_key):
        error = refusal(ask)
        assert isinstance(error, AccessDenied)
        assert "401" in str(error)


def tells_a_key_that_may_not(at: Installation) -> None:
    error = refusal(service(at, readerKey=at["outsiderKey"]).find_live)
    assert isinstance(error, AccessDenied)
    assert "deployment.images.pull" in str(error)


def keeps_a_dag_folder(at: Installation) -> None:
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder, "key")
        key.write_text(at["readerKey"] + "\n")
        os.environ.pop("RETROGRADE_API_KEY", None)
        root = Path(folder, "root")
        options = ["--once", "--url", at["url"], "--api-key-file", str(key), "--root", str(root)]
        assert main(["sync", *options, "--release-name", at["releaseName"]]) == 0
        assert files_below(root / "dags") == SECOND
        assert main(["sync", *options, "--release-name", at["emptyReleaseName"]]) == 0
        assert files_below(root / "dags") == {}
        assert main(["sync", *options, "--release-name", "no-such-release"]) == 5


def service(at: Installation, **changes: str) -> Service:
    its = {**at, **changes}
    return Service(Settings(url=its["url"], release_name=its["releaseName"], api_key=its["readerKey"]))


def refusal(ask: Callable[[], Any]) -> RetrogradeError:
    try:
        ask()
    except RetrogradeError as error:
        return error
    raise AssertionError("nothing was refused")


def files_below(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


CHECKS = [
    tells_what_is_live,
    answers_an_earlier_version,
    is_followed_to_the_live_version,
    tells_a_version_that_is_gone,
    refuses_a_malformed_version,
    tells_a_deployment_without_dags,
    tells_an_unknown_deployment,
    tells_an_unknown_key,
    tells_a_key_that_may_not,
    keeps_a_dag_folder,
]

if __name__ == "__main__":
    installation = json.load(sys.stdin)
    for check in CHECKS:
        check(installation)
        print(check.__name__)
