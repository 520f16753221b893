"""Archives as people upload them, and as nobody should."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping


def archive_of(files: Mapping[str, str], *, prefix: str = "dags/") -> bytes:
    return pack([regular(f"{prefix}{path}", content) for path, content in files.items()])


def pack(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(tape.getvalue(), mtime=0)


def regular(name: str, content: str = "", mode: int = 0o644) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content.encode())
    info.mode = mode
    return info, content.encode()


def special(name: str, kind: bytes, target: str = "", mode: int = 0o644) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    info.mode = mode
    return info, b""
