import io
import tarfile
from pathlib import Path

import pytest

from archives import archive_of, pack, regular, special
from contract import files_below
from retrograde_airflow.archive import unpack
from retrograde_airflow.errors import BadArchive


def unpacked(archive: bytes, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    unpack(io.BytesIO(archive), folder)
    return folder


@pytest.mark.parametrize("prefix", ["dags/", "./dags/", "", "./"])
def test_what_is_below_dags(tmp_path, prefix):
    files = {"etl.py": "a", "sub/dags/b.py": "b"}
    assert files_below(unpacked(archive_of(files, prefix=prefix), tmp_path / "out")) == files


def test_a_folder_dags_that_is_not_the_prefix(tmp_path):
    files = {"etl.py": "a", "dags/b.py": "b"}
    assert files_below(unpacked(archive_of(files, prefix=""), tmp_path / "out")) == files


def test_no_entries(tmp_path):
    assert files_below(unpacked(pack([special("dags", tarfile.DIRTYPE)]), tmp_path / "out")) == {}


def test_links_inside(tmp_path):
    archive = pack([regular("dags/a.py", "a"), special("dags/sub/b.py", tarfile.SYMTYPE, "../a.py")])
    assert files_below(unpacked(archive, tmp_path / "out")) == {"a.py": "a", "sub/b.py": "a"}


def test_modes_that_nobody_could_read_or_remove(tmp_path):
    archive = pack([special("dags/sub", tarfile.DIRTYPE, mode=0), regular("dags/sub/a.py", "a", mode=0o4000)])
    file = unpacked(archive, tmp_path / "out") / "sub" / "a.py"
    assert file.read_text() == "a"
    assert not file.stat().st_mode & 0o7022


@pytest.mark.parametrize(
    "members",
    [
        [regular("/etc/passwd")],
        [regular("../a.py")],
        [regular("dags/../../a.py")],
        [regular("dags/a.py"), regular("b.py")],
        [special("dags/out", tarfile.SYMTYPE, "/etc")],
        [special("dags/out", tarfile.SYMTYPE, "../..")],
        [special("dags/out", tarfile.SYMTYPE, "sub/../../../x")],
        [special("dags/sub", tarfile.SYMTYPE, "."), regular("dags/sub/a.py")],
        [special("dags/a.py", tarfile.SYMTYPE, "b.py"), regular("dags/a.py", "through the link")],
        [regular("dags/a.py"), special("dags/b.py", tarfile.LNKTYPE, "dags/a.py")],
        [special("dags/b.py", tarfile.LNKTYPE, "/etc/passwd")],
        [special("dags/pipe", tarfile.FIFOTYPE)],
        [special("dags/disk", tarfile.BLKTYPE)],
        [special("dags/tty", tarfile.CHRTYPE)],
    ],
)
def test_what_leads_outside_or_is_no_file(tmp_path, members):
    with pytest.raises(BadArchive):
        unpacked(pack(members), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", archive_of({"a.py": "a" * 9000})[:-30]],
    ids=["empty", "other", "torn"],
)
def test_what_is_no_archive(tmp_path, content):
    with pytest.raises(BadArchive, match="cannot be unpacked"):
        unpacked(content, tmp_path / "out")
