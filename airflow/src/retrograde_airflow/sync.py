"""
``python -m retrograde_airflow sync``: keeps a DAG folder up to date, for Airflow 2.3 and newer.

Needs nothing but Python's standard library. The DAG folder is a symbolic link that is replaced in one step, so its
readers see one version or the next, never a mixture.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType

from retrograde_airflow.errors import Misconfigured, RetrogradeError, ServiceUnavailable, StorageError
from retrograde_airflow.service import Service
from retrograde_airflow.settings import API_KEY_FILE_VARIABLE, API_KEY_VARIABLE, settings_from_environment
from retrograde_airflow.store import VersionStore, write_in_one_step

EXIT_CODES = """
exit codes:
  0  the DAG folder is up to date; with --watch: ended by SIGTERM or SIGINT
  1  a fault of this program, an answer that it does not understand, or --once ended by a signal
  2  an option, the URL, the release name or the API key is missing or malformed
  3  the service cannot be reached, or is overloaded: try again
  4  the API key is unknown, or may not read the DAGs
  5  there is no such Deployment, or what answers is not Retrograde
  6  the archive arrives damaged, or must not be unpacked
  7  the files cannot be written
With --watch all but 2 are logged, and tried again after the interval.
"""

_VERSIONS = ".versions"
_EMPTY = ".empty"
_MAX_PAUSE_SECONDS = 300.0

log = logging.getLogger("retrograde_airflow.sync")


class Stopped(BaseException):
    """SIGTERM or SIGINT has arrived."""


class DagFolder:
    """
    A folder that holds a link to the version that is live.

    :param root: The folder of the link; the versions lie below it too.
    :param link: The name of the link, which is Airflow's DAG folder.
    :param keep: How many versions stay on disk.
    """

    def __init__(self, store: VersionStore, root: Path, link: str, keep: int) -> None:
        self._store = store
        self._root = root
        self._link = root / link
        self._keep = keep

    def update(self) -> str | None:
        """
        Fetch the live version and switch to it. Return it, or ``None`` where the Deployment has no DAGs.

        :raises RetrogradeError: if that cannot be done. The folder stays as it is.
        """
        version = self._store.refresh().version
        try:
            if self._switch_to(_EMPTY if version is None else f"{_VERSIONS}/{version}"):
                log.info("%s is at %s", self._link, "no DAGs" if version is None else f"DAG bundle {version}")
                self._store.remove_unused(keep=self._keep)
        except OSError as error:
            raise StorageError(f"Cannot switch {self._link}: {error}") from error
        return version

    def _switch_to(self, target: str) -> bool:
        """Return whether there was anything to do."""
        if self._link.is_symlink() and os.readlink(self._link) == target:  # noqa: PTH115 - the text is compared
            return False
        if self._link.exists() and not self._link.is_symlink():
            raise StorageError(f"{self._link} is no link: remove it, or choose another --link")
        if target == _EMPTY:
            (self._root / _EMPTY).mkdir(exist_ok=True)
        new = self._root / f".link-{secrets.token_hex(8)}"
        new.symlink_to(target)
        try:
            new.replace(self._link)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        folder = _open_folder(options)
        if options.watch:
            _watch(folder, options)
        else:
            _update(folder, options)
    except Stopped:
        log.info("Stopped by a signal")
        return 0 if options.watch else 1
    except RetrogradeError as error:
        log.error("%s", error)
        return error.exit_code
    return 0


def _watch(folder: DagFolder, options: argparse.Namespace) -> None:
    while True:
        pause = options.interval
        try:
            _update(folder, options)
        except Misconfigured:
            raise
        except RetrogradeError as error:
            log.warning("%s. The DAG folder stays as it is", error)
            if isinstance(error, ServiceUnavailable) and error.retry_after is not None:
                pause = max(pause, min(error.retry_after, _MAX_PAUSE_SECONDS))
        except Exception:
            log.exception("The DAG folder could not be updated, and stays as it is")
        time.sleep(pause)


def _update(folder: DagFolder, options: argparse.Namespace) -> None:
    version = folder.update()
    if options.health_file is None:
        return
    checked_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    try:
        write_in_one_step(options.health_file, json.dumps({"version": version, "checkedAt": checked_at}) + "\n")
    except OSError as error:
        raise StorageError(f"Cannot write {options.health_file}: {error}") from error


def _open_folder(options: argparse.Namespace) -> DagFolder:
    settings = settings_from_environment(
        url=options.url, release_name=options.release_name, api_key_file=options.api_key_file
    )
    settings.read_api_key()
    service = Service(settings, timeout=options.timeout)
    store = VersionStore(lambda: service, options.root, options.root / _VERSIONS)
    return DagFolder(store, options.root, options.link, options.keep)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: the second signal must not interrupt the tidying up after the first.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m retrograde_airflow",
        description="Airflow takes its DAGs from a Retrograde service.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    sync = commands.add_parser(
        "sync",
        help="keep a DAG folder up to date",
        description="Keeps a DAG folder at what a Deployment runs. "
        f"The API key is in {API_KEY_VARIABLE}, or in the file that --api-key-file or {API_KEY_FILE_VARIABLE} names.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mode = sync.add_mutually_exclusive_group(required=True)
    mode.add_argument("--once", action="store_true", help="update the folder and end, for an init container")
    mode.add_argument("--watch", action="store_true", help="update the folder until SIGTERM, for a sidecar")
    sync.add_argument("--url", help="the address of the service (RETROGRADE_URL)")
    sync.add_argument("--release-name", help="the release name of the Deployment (RETROGRADE_RELEASE_NAME)")
    sync.add_argument("--api-key-file", help="a file that holds the API key; read anew for each request")
    sync.add_argument("--root", type=Path, required=True, help="the folder to write to, shared with Airflow")
    sync.add_argument("--link", type=_file_name, default="dags", help="name of the DAG folder in it (default: dags)")
    sync.add_argument("--interval", type=_seconds, default=10.0, help="seconds between two checks (default: 10)")
    sync.add_argument("--timeout", type=_seconds, default=10.0, help="seconds to wait for an answer (default: 10)")
    sync.add_argument("--keep", type=_positive, default=3, help="versions that stay on disk (default: 3)")
    sync.add_argument(
        "--health-file",
        type=Path,
        help="a file that is written after each successful check: the version, and when it was checked",
    )
    return parser.parse_args(arguments)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds between 0 and a day")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


def _file_name(text: str) -> str:
    if not text or "/" in text or text.startswith("."):
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a folder")
    return text
