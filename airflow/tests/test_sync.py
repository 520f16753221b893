import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import retrograde_airflow
from archives import archive_of
from conftest import V1, V2, V3
from contract import files_below
from fake_service import OUTSIDER, READER, Fault
from retrograde_airflow.sync import main


@pytest.fixture
def root(tmp_path):
    return tmp_path / "root"


@pytest.fixture
def once(fake, root, monkeypatch):
    monkeypatch.setenv("RETROGRADE_URL", fake.url)
    monkeypatch.setenv("RETROGRADE_RELEASE_NAME", "reports")
    monkeypatch.setenv("RETROGRADE_API_KEY", READER)
    monkeypatch.setattr("retrograde_airflow.service._FIRST_PAUSE_SECONDS", 0.01)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield lambda *more: main(["sync", "--once", "--root", str(root), *more])
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_the_folder_is_switched_as_a_whole(fake, once, root):
    fake.upload(V1, archive_of({"etl.py": "1", "old.py": "1"}))
    assert once() == 0
    assert files_below(root / "dags") == {"etl.py": "1", "old.py": "1"}
    fake.upload(V2, archive_of({"etl.py": "2"}))
    assert once() == 0
    assert files_below(root / "dags") == {"etl.py": "2"}
    fake.live = V1
    os.utime(root / ".versions" / V1 / "etl.py", (1, 1))
    assert once() == 0
    assert files_below(root / "dags") == {"etl.py": "1", "old.py": "1"}
    # Airflow would not look at a file that is older than its last parse.
    assert (root / "dags" / "etl.py").stat().st_mtime > time.time() - 60
    # Relative, so that the volume may be mounted elsewhere in another container.
    assert os.readlink(root / "dags") == f".versions/{V1}"
    assert sorted(path.name for path in root.iterdir()) == [".retrograde.json", ".retrograde.lock", ".versions", "dags"]


def test_readers_see_one_version_or_the_next(fake, once, root):
    contents = {V1: {f"{n}.py": "1" for n in range(50)}, V2: {f"{n}.py": "2" for n in range(50)}}
    for version, files in contents.items():
        fake.upload(version, archive_of(files))
    once()
    seen, over = [], threading.Event()

    def read():
        while not over.is_set():
            folder = os.open(root / "dags", os.O_RDONLY)
            names = sorted(os.listdir(folder))
            seen.append((len(names), {open_below(folder, name) for name in names}))
            os.close(folder)

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(20):
        fake.live = V1 if n % 2 else V2
        assert once() == 0
    over.set()
    reader.join()
    assert len(seen) > 5
    assert all(count == 50 and len(kinds) == 1 for count, kinds in seen)


def open_below(folder: int, name: str) -> bytes:
    file = os.open(name, os.O_RDONLY, dir_fd=folder)
    try:
        return os.read(file, 10)
    finally:
        os.close(file)


def test_the_last_versions_are_kept(fake, once, root):
    for seconds, version in enumerate((V1, V2, V3)):
        fake.upload(version, archive_of({"etl.py": version}))
        assert once("--keep", "2") == 0
        os.utime(root / ".versions" / version, (time.time() - 100 + seconds,) * 2)
    assert sorted(path.name for path in (root / ".versions").iterdir()) == [V2, V3]
    fake.live = V2
    once("--keep", "1")
    assert [path.name for path in (root / ".versions").iterdir()] == [V2]


def test_a_deployment_without_dags(fake, once, root, tmp_path):
    health = tmp_path / "health"
    assert once("--health-file", str(health)) == 0
    assert (files_below(root / "dags"), json.loads(health.read_text())["version"]) == ({}, None)


@pytest.mark.parametrize(
    ("faults", "environment", "code"),
    [
        ([Fault(status=418)], {}, 1),
        ([], {"RETROGRADE_URL": "nowhere"}, 2),
        ([], {"RETROGRADE_API_KEY": ""}, 2),
        ([], {"RETROGRADE_RELEASE_NAME": ""}, 2),
        ([], {"RETROGRADE_API_KEY_FILE": "/no/such/file", "RETROGRADE_API_KEY": ""}, 2),
        ([], {"RETROGRADE_URL": "http://127.0.0.1:1"}, 3),
        ([Fault(status=503)], {}, 3),
        ([Fault(status=429)], {}, 3),
        ([], {"RETROGRADE_API_KEY": "wrong"}, 4),
        ([], {"RETROGRADE_API_KEY": OUTSIDER}, 4),
        ([], {"RETROGRADE_RELEASE_NAME": "other"}, 5),
        ([Fault(headers={"etag": None})], {}, 5),
        ([Fault(keep_bytes=9, method="GET")] * 4, {}, 6),
    ],
)
def test_exit_codes(fake, once, root, monkeypatch, tmp_path, faults, environment, code):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    assert once() == 0
    fake.upload(V2, archive_of({"etl.py": "2"}))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    fake.faults += faults
    health = tmp_path / "health"
    assert once("--health-file", str(health)) == code
    assert files_below(root / "dags") == {"etl.py": "1"}
    assert not health.exists()


def test_a_folder_that_cannot_be_written(fake, once, root, tmp_path):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    (root / "dags").mkdir(parents=True)
    (root / "dags" / "mine.py").write_text("not to be lost")
    assert once() == 7
    assert files_below(root / "dags") == {"mine.py": "not to be lost"}
    assert once("--link", "current") == 0
    assert once("--link", "current", "--health-file", str(tmp_path / "no" / "folder")) == 7


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--once"],
        ["--once", "--watch", "--root", "/x"],
        ["--once", "--root", "/x", "--keep", "0"],
        ["--once", "--root", "/x", "--interval", "0"],
        ["--once", "--root", "/x", "--interval", "soon"],
        ["--once", "--root", "/x", "--link", "a/b"],
        ["--once", "--root", "/x", "--link", ".."],
    ],
)
def test_options_that_are_wrong(options, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sync", *options])
    assert ended.value.code == 2
    capsys.readouterr()


class Sidecar:
    def __init__(self, fake, root: Path, *more: str) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(retrograde_airflow.__file__).parent.parent),
            "RETROGRADE_URL": fake.url,
            "RETROGRADE_RELEASE_NAME": "reports",
            "RETROGRADE_API_KEY": READER,
        }
        command = [sys.executable, "-m", "retrograde_airflow", "sync", "--watch", "--root", str(root)]
        self.process = subprocess.Popen(
            [*command, "--interval", "0.05", *more], env=environment, stderr=subprocess.PIPE, text=True
        )

    def end(self, number: int = signal.SIGTERM) -> tuple:
        started = time.monotonic()
        self.process.send_signal(number)
        _, log = self.process.communicate(timeout=20)
        return self.process.returncode, time.monotonic() - started, log


def until(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_sidecar_goes_on_through_an_outage(fake, root, tmp_path):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    health = tmp_path / "health"
    sidecar = Sidecar(fake, root, "--health-file", str(health))
    until(lambda: health.exists() and json.loads(health.read_text())["version"] == V1)
    fake.faults += [Fault(status=status) for status in (503, 401, 404, 404, 418)]
    fake.upload(V2, archive_of({"etl.py": "2"}))
    until(lambda: files_below(root / "dags") == {"etl.py": "2"})
    until(lambda: json.loads(health.read_text())["version"] == V2)
    code, _, log = sidecar.end()
    assert code == 0
    assert log.count("The DAG folder stays as it is") == 4
    assert "Traceback" not in log
    assert READER not in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_download(fake, root, number):
    gate = threading.Event()
    fake.upload(V1, archive_of({"etl.py": "1"}))
    fake.faults.append(Fault(gate=gate, method="GET"))
    sidecar = Sidecar(fake, root)
    until(lambda: fake.count("GET") == 1)
    code, seconds, log = sidecar.end(number)
    gate.set()
    assert (code, "Traceback" in log) == (0, False)
    assert seconds < 5
    assert list((root / ".versions").iterdir()) == []


def test_a_sidecar_that_is_set_up_wrong_ends(fake, root):
    sidecar = Sidecar(fake, root, "--url", "nowhere")
    assert sidecar.process.wait(20) == 2
    sidecar.process.communicate()
