import io
import socket

import pytest

from archives import archive_of
from conftest import V1, V2
from fake_service import Fault
from retrograde_airflow.errors import BadArchive, Misconfigured, NotFound, RetrogradeError, ServiceUnavailable
from retrograde_airflow.service import Service
from retrograde_airflow.settings import Settings, settings_from_environment

ARCHIVE = archive_of({"etl.py": "print('a')\n" * 500})


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(keep_bytes=20), "incomplete or changed"),
        (Fault(keep_bytes=0), "incomplete or changed"),
        (Fault(other_bytes=bytes(len(ARCHIVE))), "incomplete or changed"),
        (Fault(headers={"x-dag-tarball-version": V2}), f"answered version {V2} instead of {V1}"),
    ],
)
def test_a_damaged_download_is_tried_again_and_never_taken(fake, service, pauses, fault, message):
    fake.upload(V1, ARCHIVE)
    fake.faults += [fault] * 4
    with pytest.raises(BadArchive, match=message):
        service.download(V1, io.BytesIO())
    assert (fake.count("GET"), pauses) == (4, [0.5, 1.0, 2.0])
    fake.faults += [fault]
    file = io.BytesIO()
    service.download(V1, file)
    assert file.getvalue() == ARCHIVE


@pytest.mark.parametrize(
    ("status", "retry_after", "pause"), [(503, 7, 7.0), (429, 3, 3.0), (500, None, 0.5), (503, 900, 30.0)]
)
def test_an_overloaded_service_is_asked_again_when_it_says(fake, service, pauses, status, retry_after, pause):
    fake.upload(V1, ARCHIVE)
    fake.faults.append(Fault(status=status, retry_after=retry_after))
    service.download(V1, io.BytesIO())
    assert pauses == [pause]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 507])
def test_what_is_live_is_asked_once(fake, service, pauses, status):
    fake.faults.append(Fault(status=status, retry_after=12))
    with pytest.raises(ServiceUnavailable, match=str(status)) as caught:
        service.find_live()
    assert (caught.value.retry_after, fake.requests, pauses) == (12, ["HEAD /reports/dags/download"], [])


def test_a_service_that_is_away(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServiceUnavailable, match="cannot be reached"):
            Service(Settings(url, "reports", "key"), attempts=1).find_live()


def test_a_service_that_hangs(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ServiceUnavailable, match="cannot be reached: timed out"):
            Service(Settings(url, "reports", "key"), timeout=0.2).find_live()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_key_does_not_follow_a_redirect(fake, service, status):
    fake.faults.append(Fault(status=status, headers={"location": f"{fake.url}/elsewhere"}))
    with pytest.raises(NotFound, match="put the final address into the URL"):
        service.find_live()
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "headers",
    [{"etag": None}, {"etag": '"abc"'}, {"x-dag-tarball-version": None}, {"x-dag-tarball-version": "../../etc"}],
)
def test_another_server_than_retrograde(fake, service, headers):
    fake.upload(V1, ARCHIVE)
    fake.faults.append(Fault(headers=headers))
    with pytest.raises(NotFound, match="is not Retrograde"):
        service.find_live()


def test_a_proxy_may_weaken_the_etag(fake, service):
    fake.upload(V1, ARCHIVE)
    live = service.find_live()
    fake.faults.append(Fault(headers={"etag": f'W/"{live.sha256}"'}))
    assert service.find_live() == live


def test_a_404_of_something_in_between(fake, service):
    fake.faults += [Fault(status=404), Fault(status=404)]
    with pytest.raises(NotFound, match="has no Deployment reports that this API key may see"):
        service.find_live()


@pytest.mark.parametrize(
    ("url", "release_name", "key"),
    [
        ("retrograde.example.com", "reports", "key"),
        ("file:///etc", "reports", "key"),
        ("https://", "reports", "key"),
        ("https://me:secret@example.com", "reports", "key"),
        ("https://example.com?x=1", "reports", "key"),
        ("https://example.com:port", "reports", "key"),
        ("https://example.com/{version}", "reports", "key"),
        ("https://example.com", "../reports", "key"),
        ("https://example.com", "", "key"),
        ("https://example.com", "reports", None),
    ],
)
def test_settings_that_are_malformed(url, release_name, key):
    with pytest.raises(Misconfigured):
        Settings(url, release_name, key)


@pytest.mark.parametrize("content", [b"", b" \n", b"a\r\nX-Injected: 1", "schlüssel".encode(), b"\xff"])
def test_a_key_file_without_a_key(tmp_path, content):
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(Misconfigured):
        Settings("https://example.com", "reports", api_key_file=str(file)).read_api_key()


def test_a_key_file_is_read_anew(tmp_path):
    file = tmp_path / "key"
    settings = Settings("https://example.com", "reports", api_key_file=str(file))
    with pytest.raises(Misconfigured, match="Cannot read the API key"):
        settings.read_api_key()
    for key in ("old", "new"):
        file.write_text(f"{key}\n")
        assert settings.read_api_key() == key


def test_the_environment():
    given = {"RETROGRADE_URL": "https://a.example.com", "RETROGRADE_RELEASE_NAME": "reports", "RETROGRADE_API_KEY": "k"}
    assert settings_from_environment(environment=given) == Settings("https://a.example.com", "reports", "k")
    assert "'k'" not in repr(settings_from_environment(environment=given))
    for name in given:
        with pytest.raises(Misconfigured, match=name):
            settings_from_environment(environment={**given, name: ""})
    over = settings_from_environment(environment=given, url="https://b.example.com", api_key_file="/key")
    assert (over.url, over.api_key, over.api_key_file) == ("https://b.example.com", None, "/key")


def test_attempts_end_with_the_last_reason(fake, service, pauses):
    fake.faults += [Fault(status=503)] * 3 + [Fault(status=418)]
    with pytest.raises(RetrogradeError, match="418"):
        service.download(V1, io.BytesIO())
    assert len(pauses) == 3
