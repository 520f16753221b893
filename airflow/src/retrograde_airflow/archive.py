"""Unpacking an archive of DAGs."""

from __future__ import annotations

import os
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from retrograde_airflow.errors import BadArchive, Misconfigured

_DAGS = "dags"


def unpack(archive: BinaryIO, folder: Path) -> None:
    """
    Unpack a gzip'd tar into an empty folder, so that the folder holds what the DAG folder is to hold.

    An archive whose first entry is ``dags`` or lies below it is unpacked without that prefix, as the service
    does it. Everything is on disk when this returns.

    :raises BadArchive: if it cannot be read, or an entry would land or point outside of the folder.
    :raises OSError: if the files cannot be written.
    """
    if not hasattr(tarfile, "data_filter"):
        raise Misconfigured("This Python cannot unpack archives safely: use 3.9.17, 3.10.12, 3.11.4, 3.12 or newer")
    try:
        with tarfile.open(fileobj=archive, mode="r:gz") as tar:
            _extract(tar, folder)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BadArchive(f"The archive cannot be unpacked: {error}") from error
    except OSError as error:
        # gzip reports what is no gzip, or fails its checksum, without a number.
        if error.errno is None:
            raise BadArchive(f"The archive cannot be unpacked: {error}") from error
        raise
    _sync_to_disk(folder)


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    is_below_dags: bool | None = None
    links: set[PurePosixPath] = set()
    for member in tar:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts:
            raise BadArchive(f"{member.name!r} leads out of the DAG folder")
        if not path.parts:
            continue
        if is_below_dags is None:
            is_below_dags = path.parts[0] == _DAGS
        if is_below_dags:
            if path.parts[0] != _DAGS:
                raise BadArchive(f"{member.name!r} lies beside dags/")
            path = PurePosixPath(*path.parts[1:])
            if not path.parts:
                continue
        if not (member.isreg() or member.isdir() or member.issym()):
            raise BadArchive(f"{member.name!r} is neither a file, a folder nor a symbolic link")
        if path in links or not links.isdisjoint(path.parents):
            raise BadArchive(f"{member.name!r} comes twice, or lies behind a link")
        if member.issym():
            links.add(path)
        # Folders that cannot be entered could not be removed either.
        mode = 0o755 if member.isdir() else member.mode
        tar.extract(member.replace(name=str(path), mode=mode, deep=False), folder, filter="data")


def _sync_to_disk(folder: Path) -> None:
    """Write to disk what is still in memory: a folder that is renamed next must not be empty after a crash."""
    for parent, _folders, files in os.walk(folder):
        for path in [*(Path(parent, name) for name in files), Path(parent)]:
            if path.is_symlink():
                continue
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
