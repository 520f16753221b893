import errno
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from archives import archive_of
from conftest import V1, V2, V3
from contract import files_below
from fake_service import Fault
from retrograde_airflow.errors import BadArchive, NotFound, RetrogradeError, ServiceUnavailable, StorageError
from retrograde_airflow.service import Service
from retrograde_airflow.store import VersionStore


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "bundle"


@pytest.fixture
def store(service, folder):
    return VersionStore(lambda: service, folder, folder / "versions")


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "versions").iterdir() if path.name.startswith("."))


def test_a_version_is_fetched_once(fake, store):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    assert store.fetch(V1) == store.fetch(V1)
    assert files_below(store.folder_of(V1)) == {"etl.py": "1"}
    assert fake.count("GET") == 1


def test_a_refresh_without_news_is_one_head(fake, store):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    store.refresh()
    fake.requests.clear()
    assert store.refresh().version == V1
    assert fake.requests == ["HEAD /reports/dags/download"]


def test_files_of_an_older_version_are_made_new(fake, store):
    fake.upload(V1, archive_of({"etl.py": "1", "sub/b.py": "1"}))
    store.refresh()
    fake.upload(V2, archive_of({"etl.py": "2"}))
    store.refresh()
    for path in store.folder_of(V1).rglob("*.py"):
        os.utime(path, (1, 1))
    fake.live = V1
    before = time.time() - 1
    assert store.refresh().version == V1
    assert all(path.stat().st_mtime > before for path in store.folder_of(V1).rglob("*.py"))
    assert fake.count("GET") == 2
    # And only then: a file that is new again and again is parsed again and again.
    os.utime(store.folder_of(V1) / "etl.py", (1, 1))
    store.refresh()
    assert (store.folder_of(V1) / "etl.py").stat().st_mtime == 1


def test_the_same_files_under_another_version(fake, store):
    archive = archive_of({"etl.py": "1"})
    fake.upload(V1, archive)
    store.refresh()
    fake.upload(V2, archive)
    assert store.refresh().version == V2
    assert files_below(store.folder_of(V2)) == {"etl.py": "1"}


def test_a_deployment_that_loses_its_dags(fake, store):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    store.refresh()
    fake.live = None
    assert store.refresh().version is None
    assert store.read_pointer().version is None


def test_a_folder_that_was_removed_comes_back(fake, store):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    store.refresh()
    (store.folder_of(V1) / "etl.py").unlink()
    store.folder_of(V1).rmdir()
    store.refresh()
    assert files_below(store.folder_of(V1)) == {"etl.py": "1"}


@pytest.mark.parametrize("version", ["latest", "", "..", "2026-01-01T00:00:00.000001Z/../x", f"{V1}\n"])
def test_what_is_no_version_is_no_folder(fake, store, version):
    with pytest.raises(BadArchive, match="is not a DAG bundle version"):
        store.fetch(version)
    assert fake.requests == []


@pytest.mark.parametrize(
    "faults",
    [[Fault(keep_bytes=20)] * 4, [Fault(other_bytes=b"x" * 200)] * 4, [Fault(status=503)] * 4, [Fault(status=403)]],
)
def test_a_failed_download_leaves_nothing(fake, store, folder, faults):
    fake.upload(V1, archive_of({"etl.py": "1" * 500}))
    fake.faults += faults
    with pytest.raises(RetrogradeError):
        store.fetch(V1)
    assert list((folder / "versions").iterdir()) == []


def test_a_damaged_upload_keeps_what_is_live(fake, store, folder):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    store.refresh()
    fake.upload(V2, b"no archive, although its checksum is right")
    with pytest.raises(BadArchive):
        store.refresh()
    assert (store.read_pointer().version, leftovers(folder)) == (V1, [])


def test_a_version_that_is_gone_is_named(fake, store):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    with pytest.raises(NotFound, match=f"DAG bundle {V2} of reports is gone: the clean-up .* pin deploys"):
        store.fetch(V2)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk(fake, store, folder, monkeypatch, code):
    fake.upload(V1, archive_of({"etl.py": "1"}))

    def full(*_args, **_kwargs):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("retrograde_airflow.store.unpack", full)
    with pytest.raises(StorageError, match="free space there"):
        store.refresh()
    assert (store.read_pointer(), list((folder / "versions").iterdir())) == (None, [])


def test_a_disk_that_is_full_in_the_middle_of_a_file(fake, tmp_path):
    """A process may write 4 KiB to a file, and less than a file of the archive."""
    fake.upload(V1, archive_of({"etl.py": "1" * 100_000}))
    code = f"""
import resource, signal
from pathlib import Path
from retrograde_airflow.service import Service
from retrograde_airflow.settings import Settings
from retrograde_airflow.store import VersionStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
service = Service(Settings({fake.url!r}, "reports", "reader-key"))
VersionStore(lambda: service, Path({str(tmp_path)!r}), Path({str(tmp_path / "versions")!r})).refresh()
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=child_environment())
    assert "StorageError: Cannot write below" in ended.stderr
    assert list((tmp_path / "versions").iterdir()) == []


def test_a_folder_that_cannot_be_written(fake, service, tmp_path):
    (tmp_path / "file").write_text("in the way")
    fake.upload(V1, archive_of({"etl.py": "1"}))
    with pytest.raises(StorageError):
        VersionStore(lambda: service, tmp_path / "file", tmp_path / "file" / "versions").refresh()


def test_a_later_answer_wins(fake, settings, service, folder):
    """Somebody asks, is held up, and finds that another has asked later."""
    fake.upload(V1, archive_of({"etl.py": "1"}))
    fake.upload(V2, archive_of({"etl.py": "2"}))
    store = VersionStore(lambda: service, folder, folder / "versions")
    slow = Service(settings)
    found_v2 = threading.Event()
    go_on = threading.Event()
    find_live = slow.find_live

    def held_up():
        live = find_live()
        found_v2.set()
        go_on.wait(10)
        return live

    slow.find_live = held_up
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(VersionStore(lambda: slow, folder, folder / "versions").refresh())
    )
    thread.start()
    found_v2.wait(10)
    fake.live = V1
    assert store.refresh().version == V1
    go_on.set()
    thread.join()
    assert (answers[0].version, store.read_pointer().version) == (V1, V1)


def test_a_clock_that_was_set_back(fake, store, folder):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    store.refresh()
    (folder / ".retrograde.json").write_text(json.dumps({"version": V1, "asked_at": time.time() + 9999}))
    fake.upload(V2, archive_of({"etl.py": "2"}))
    assert store.refresh().version == V2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1, "asked_at": 1}', '{"version": "../x", "asked_at": 1}'])
def test_a_pointer_that_cannot_be_read(store, folder, text):
    folder.mkdir()
    (folder / ".retrograde.json").write_text(text)
    assert store.read_pointer() is None


def fetch_in_a_process(url: str, folder: str, versions: list, results) -> None:
    from retrograde_airflow.settings import Settings

    service = Service(Settings(url, "reports", "reader-key"))
    store = VersionStore(lambda: service, Path(folder), Path(folder, "versions"))
    results.put([sorted(files_below(store.fetch(version)).values()) for version in versions])


def test_many_processes_fetch_each_version_once(fake, folder):
    content = {f"dag_{n}.py": "x" for n in range(200)}
    for version in (V1, V2, V3):
        fake.upload(version, archive_of(content))
    processes = multiprocessing.get_context("spawn")
    results = processes.Queue()
    orders = [[V1, V2, V3], [V3, V2, V1], [V2, V1, V3], [V1, V3, V2]]
    running = [
        processes.Process(target=fetch_in_a_process, args=(fake.url, str(folder), order, results)) for order in orders
    ]
    for process in running:
        process.start()
    for _ in running:
        assert results.get(timeout=60) == [["x"] * 200] * 3
    for process in running:
        process.join()
    assert fake.count("GET") == 3
    assert leftovers(folder) == []


def test_a_process_that_is_killed_while_it_downloads(fake, store, folder):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    gate = threading.Event()
    fake.faults.append(Fault(gate=gate))
    code = f"""
from pathlib import Path
from retrograde_airflow.service import Service
from retrograde_airflow.settings import Settings
from retrograde_airflow.store import VersionStore
service = Service(Settings({fake.url!r}, "reports", "reader-key"), timeout=60)
VersionStore(lambda: service, Path({str(folder)!r}), Path({str(folder / "versions")!r})).fetch({V1!r})
"""
    with subprocess.Popen([sys.executable, "-c", code], env=child_environment()) as process:
        while not fake.requests:
            time.sleep(0.01)
        process.kill()
    gate.set()
    assert leftovers(folder)
    assert files_below(store.fetch(V1)) == {"etl.py": "1"}
    assert leftovers(folder) == []


def test_old_versions_are_removed(fake, store):
    for version in (V1, V2, V3):
        fake.upload(version, archive_of({"etl.py": version}))
        store.refresh()
    for seconds, version in enumerate((V1, V2, V3)):
        os.utime(store.folder_of(version), (seconds, seconds))
    fake.live = V1
    store.refresh()
    os.utime(store.folder_of(V1), (0, 0))
    store.remove_unused(keep=1, unused_for=60, except_for=frozenset([V2]))
    assert [store.folder_of(version).is_dir() for version in (V1, V2, V3)] == [True, True, True]
    store.remove_unused(keep=0, unused_for=60, except_for=frozenset([V3]))
    assert [store.folder_of(version).is_dir() for version in (V1, V2, V3)] == [True, False, True]
    store.fetch(V2)
    store.remove_unused(keep=0, unused_for=60)
    assert [store.folder_of(version).is_dir() for version in (V1, V2, V3)] == [True, True, False]


def test_the_service_is_asked_for_what_is_not_here_only(fake, store):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    store.fetch(V1)
    fake.faults += [Fault(status=503)] * 9
    store.fetch(V1)
    with pytest.raises(ServiceUnavailable):
        store.fetch(V2)


def child_environment() -> dict:
    import retrograde_airflow

    return {**os.environ, "PYTHONPATH": str(Path(retrograde_airflow.__file__).parent.parent)}
