"""DAG bundles on this machine's disk, shared by all processes that use them."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from retrograde_airflow.archive import unpack
from retrograde_airflow.errors import BadArchive, StorageError
from retrograde_airflow.service import VERSION, Service

_LOCK_FILE = ".retrograde.lock"
_POINTER_FILE = ".retrograde.json"
_PART = ".part-"
_LOCK_TIMEOUT_SECONDS = 900.0
_LOCK_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Pointer:
    """
    The version that was live when the service was last asked.

    :param version: ``None`` where the Deployment ran without DAGs of its own.
    :param asked_at: When the service was asked, in seconds since 1970.
    """

    version: str | None
    asked_at: float


class VersionStore:
    """
    Holds each version in a folder of its own, whole or not at all.

    A version is unpacked beside its folder and then renamed. Who unpacks holds a lock on a file, so several
    processes fetch a version once. A process that is killed leaves a ``.part-`` folder, which the next one removes.

    :param service: Where versions come from; called only when it has to be asked.
    :param state_folder: For the lock and the pointer to the live version.
    :param versions_folder: Where a folder for each version lies, on the same file system.
    """

    def __init__(self, service: Callable[[], Service], state_folder: Path, versions_folder: Path) -> None:
        self._service = service
        self._state_folder = state_folder
        self._versions_folder = versions_folder

    def folder_of(self, version: str) -> Path:
        """
        Return where the version lies once it has been fetched.

        :raises BadArchive: if it is not a version.
        """
        # It becomes the name of a folder.
        if not VERSION.fullmatch(version):
            raise BadArchive(f"{version!r} is not a DAG bundle version such as 2024-01-12T18:32:20.589893Z")
        return self._versions_folder / version

    def fetch(self, version: str) -> Path:
        """
        Return the folder of a version, and download the version if it is not there.

        :raises RetrogradeError: if it is not there and cannot be had.
        """
        folder = self.folder_of(version)
        # Airflow may remove the folder in between, since it does not take our lock.
        with _storage_errors(self._versions_folder):
            while not _mark_used(folder):
                with self._lock():
                    if not folder.is_dir():
                        self._remove_parts()
                        self._download(version, folder)
        return folder

    def refresh(self) -> Pointer:
        """
        Ask the service for the live version, fetch it, and point to it.

        The files of a version that the pointer moves to get the current time: Airflow parses a file again only if it
        is newer than its last parse, and a rollback leads to files that are older.

        :raises RetrogradeError: if the service gives no answer or the version cannot be had. The pointer stays.
        """
        asked_at = time.time()
        live = self._service().find_live()
        folder = None if live is None else self.fetch(live.version)
        with _storage_errors(self._state_folder), self._lock():
            known = self.read_pointer()
            # Another process has asked later and was quicker. A time in the future is from before the clock was set.
            if known is not None and asked_at < known.asked_at <= time.time():
                return known
            pointer = Pointer(None if live is None else live.version, asked_at)
            if folder is not None and (known is None or known.version != pointer.version):
                _make_new(folder)
            self._write_pointer(pointer)
        return pointer

    def read_pointer(self) -> Pointer | None:
        """Return what the last successful :meth:`refresh` found, ``None`` if there was none."""
        try:
            found = json.loads((self._state_folder / _POINTER_FILE).read_text(encoding="utf-8"))
            pointer = Pointer(found["version"], float(found["asked_at"]))
            if pointer.version is not None:
                self.folder_of(pointer.version)
        except (OSError, ValueError, LookupError, TypeError, BadArchive):
            return None
        return pointer

    def remove_unused(self, *, keep: int, unused_for: float = 0.0, except_for: frozenset[str] = frozenset()) -> None:
        """
        Remove old versions, never the live one.

        :param keep: How many versions stay, the ones that were used last.
        :param unused_for: Seconds for which a version must not have been used.
        :param except_for: Versions that somebody else looks after.
        """
        with _storage_errors(self._versions_folder), self._lock():
            pointer = self.read_pointer()
            self._remove_parts()
            used_at = {folder: folder.stat().st_mtime for folder in self._folders()}
            newest_first = sorted(used_at, key=lambda folder: used_at[folder], reverse=True)
            for folder in newest_first[keep:]:
                is_live = pointer is not None and folder.name == pointer.version
                if is_live or folder.name in except_for or used_at[folder] > time.time() - unused_for:
                    continue
                # A folder that is only half removed must not pass for a version.
                part = self._versions_folder / f"{_PART}{secrets.token_hex(8)}"
                folder.rename(part)
                shutil.rmtree(part, ignore_errors=True)

    def _folders(self) -> list[Path]:
        if not self._versions_folder.is_dir():
            return []
        return [folder for folder in self._versions_folder.iterdir() if VERSION.fullmatch(folder.name)]

    def _download(self, version: str, folder: Path) -> None:
        self._versions_folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=_PART, dir=self._versions_folder))
        try:
            # Workers may run as other users.
            part.chmod(0o755)
            with tempfile.TemporaryFile(dir=self._versions_folder, prefix=_PART) as archive:
                self._service().download(version, archive)
                archive.seek(0)
                unpack(archive, part)
            part.rename(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise

    def _remove_parts(self) -> None:
        """Only under the lock: whoever made them does not run any more."""
        for part in self._versions_folder.glob(f"{_PART}*"):
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            else:
                part.unlink(missing_ok=True)

    def _write_pointer(self, pointer: Pointer) -> None:
        write_in_one_step(self._state_folder / _POINTER_FILE, json.dumps(asdict(pointer)))

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep other processes and threads out; freed by the kernel when a process is killed."""
        self._state_folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._state_folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664)
        deadline = time.monotonic() + _LOCK_TIMEOUT_SECONDS
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise StorageError(
                            f"Another process has held {self._state_folder / _LOCK_FILE} "
                            f"for {_LOCK_TIMEOUT_SECONDS:.0f} s"
                        ) from None
                    time.sleep(_LOCK_POLL_SECONDS)
            yield
        finally:
            os.close(descriptor)


def write_in_one_step(path: Path, text: str) -> None:
    """Write a file so that its readers see the old text or the new one."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mark_used(folder: Path) -> bool:
    """Return whether the folder is there."""
    try:
        os.utime(folder)
    except FileNotFoundError:
        return False
    except PermissionError:
        # Of another user, who looks after it.
        return folder.is_dir()
    return True


def _make_new(folder: Path) -> None:
    now = time.time_ns()
    for parent, _folders, files in os.walk(folder):
        for name in files:
            os.utime(Path(parent, name), ns=(now, now), follow_symlinks=False)


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = ": free space there, or use a larger volume" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        raise StorageError(f"Cannot write below {folder}: {error}{hint}") from error
