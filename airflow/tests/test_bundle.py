import logging
from types import SimpleNamespace

import pytest

from archives import archive_of
from conftest import V1, V2
from contract import files_below
from fake_service import READER, Fault
from retrograde_airflow.bundle import RetrogradeDagBundle
from retrograde_airflow.errors import AccessDenied, Misconfigured, NotFound, RetrogradeError, ServiceUnavailable
from retrograde_airflow.hook import RetrogradeHook
from retrograde_airflow.provider import get_provider_info


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH", str(tmp_path))
    monkeypatch.setattr("retrograde_airflow.service._FIRST_PAUSE_SECONDS", 0.01)
    return tmp_path


@pytest.fixture
def connections(monkeypatch):
    known = {}

    def find(_cls, conn_id):
        if conn_id not in known:
            raise LookupError(f"The conn_id `{conn_id}` isn't defined")
        return known[conn_id]

    monkeypatch.setattr(RetrogradeHook, "get_connection", classmethod(find))
    return known


@pytest.fixture
def make(fake, monkeypatch):
    monkeypatch.setenv("RETROGRADE_URL", fake.url)
    monkeypatch.setenv("RETROGRADE_API_KEY", READER)

    def made(**more):
        return RetrogradeDagBundle(**{"name": "reports", "release_name": "reports", **more})

    return made


def connection(fake, **changes):
    fields = {"host": fake.url, "port": None, "schema": "reports", "password": READER, "extra_dejson": {}}
    return SimpleNamespace(**{**fields, **changes})


def version_of(bundle):
    current = bundle.get_current_version()
    return getattr(current, "version", current)


def test_the_bundle_follows_uploads_and_rollbacks(fake, make):
    bundle = make()
    fake.upload(V1, archive_of({"etl.py": "1"}))
    bundle.initialize()
    assert (bundle.is_initialized, version_of(bundle), files_below(bundle.path)) == (True, V1, {"etl.py": "1"})
    fake.upload(V2, archive_of({"etl.py": "2"}))
    bundle.refresh()
    assert (version_of(bundle), files_below(bundle.path)) == (V2, {"etl.py": "2"})
    fake.live = V1
    bundle.refresh()
    assert (version_of(bundle), files_below(bundle.path)) == (V1, {"etl.py": "1"})


def test_a_run_keeps_its_version(fake, make):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    fake.upload(V2, archive_of({"etl.py": "2"}))
    bundle = make(version=V1)
    bundle.initialize()
    assert (version_of(bundle), files_below(bundle.path)) == (V1, {"etl.py": "1"})
    with pytest.raises(RetrogradeError, match="is not refreshed"):
        bundle.refresh()


def test_a_version_that_is_here_needs_no_service(fake, make, monkeypatch):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    make(version=V1).initialize()
    fake.requests.clear()
    monkeypatch.delenv("RETROGRADE_API_KEY")
    bundle = make(version=V1)
    bundle.initialize()
    assert (files_below(bundle.path), fake.requests) == ({"etl.py": "1"}, [])


def test_a_version_that_is_gone(fake, make):
    with pytest.raises(NotFound, match=f"DAG bundle {V1} of reports is gone"):
        make(version=V1).initialize()


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_what_is_here_goes_on_and_the_log_says_so(fake, make, caplog, status):
    caplog.set_level(logging.INFO)
    fake.upload(V1, archive_of({"etl.py": "1"}))
    bundle = make()
    bundle.initialize()
    fake.upload(V2, archive_of({"etl.py": "2"}))
    fake.faults += [Fault(status=status), Fault(status=status)]
    caplog.clear()
    bundle.refresh()
    assert (version_of(bundle), files_below(bundle.path)) == (V1, {"etl.py": "1"})
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert str(status) in record.getMessage()
    assert f"Version {V1} goes on" in record.getMessage()
    fake.faults.clear()
    bundle.refresh()
    assert version_of(bundle) == V2
    assert [r.getMessage() for r in caplog.records[1:]] == [
        "DAG bundle reports can be refreshed again",
        f"DAG bundle reports is at version {V2}",
    ]


def test_a_restart_while_the_service_is_away(fake, make):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    make().initialize()
    fake.faults += [Fault(status=503)]
    bundle = make()
    bundle.initialize()
    assert (version_of(bundle), files_below(bundle.path)) == (V1, {"etl.py": "1"})


def test_a_first_start_while_the_service_is_away(fake, make):
    fake.faults += [Fault(status=503)]
    bundle = make()
    with pytest.raises(ServiceUnavailable):
        bundle.initialize()
    assert not bundle.is_initialized


def test_a_deployment_without_dags(fake, make):
    bundle = make()
    bundle.initialize()
    assert (version_of(bundle), bundle.path.is_dir(), files_below(bundle.path)) == (None, True, {})
    fake.upload(V1, archive_of({"etl.py": "1"}))
    bundle.refresh()
    assert version_of(bundle) == V1


def test_versions_that_no_task_has_used_are_removed(fake, make, place):
    import os

    bundle = make()
    bundle.initialize()
    versions = [f"2026-01-01T00:00:0{n}.000000Z" for n in range(4)]
    (place / "_tracking" / "reports").mkdir(parents=True)
    (place / "_tracking" / "reports" / versions[1]).write_text("used")
    for version in versions:
        fake.upload(version, archive_of({"etl.py": version}))
        bundle.refresh()
        os.utime(place / "reports" / "versions" / version, (1, 1))
    bundle._remove_unused()
    left = sorted(path.name for path in (place / "reports" / "versions").iterdir())
    assert versions[1] in left
    assert versions[3] in left


def test_the_link_leads_to_the_history(fake, make, monkeypatch):
    template = f"{fake.url}/deployments/reports/history?q={{version}}"
    assert make().view_url_template() == template
    assert make().view_url(V1) == template.format(version=V1)
    assert fake.requests == []
    assert make(web_url="https://app.example.com/").view_url(V1) == (
        f"https://app.example.com/deployments/reports/history?q={V1}"
    )
    monkeypatch.delenv("RETROGRADE_API_KEY")
    assert make().view_url_template() is None
    assert make().view_url(V1) is None


def test_a_connection(fake, connections, tmp_path):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    connections["retrograde_default"] = connection(fake)
    connections["other"] = connection(fake, schema=None, extra_dejson={"web_url": "https://app.example.com"})
    bundle = RetrogradeDagBundle(name="a")
    bundle.initialize()
    assert version_of(bundle) == V1
    bundle = RetrogradeDagBundle(name="b", conn_id="other", release_name="reports")
    bundle.initialize()
    assert version_of(bundle) == V1
    assert bundle.view_url_template().startswith("https://app.example.com/deployments/reports/")
    with pytest.raises(Misconfigured, match="release name"):
        RetrogradeDagBundle(name="c", conn_id="other").initialize()
    with pytest.raises(Misconfigured, match="The connection none cannot be read: .* isn't defined"):
        RetrogradeDagBundle(name="d", conn_id="none").initialize()
    (tmp_path / "key").write_text("another key")
    with pytest.raises(AccessDenied):
        RetrogradeDagBundle(
            name="e", conn_id="other", release_name="reports", api_key_file=str(tmp_path / "key")
        ).initialize()


def test_a_changed_key_in_the_connection_counts_at_once(fake, connections):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    connections["retrograde_default"] = connection(fake, password="wrong")
    bundle = RetrogradeDagBundle(name="reports")
    with pytest.raises(AccessDenied):
        bundle.initialize()
    connections["retrograde_default"] = connection(fake)
    bundle.initialize()
    assert version_of(bundle) == V1


@pytest.mark.parametrize(
    ("fields", "ok", "message"),
    [
        ({}, True, f"reports runs DAG bundle {V1}"),
        ({"schema": "empty"}, True, "empty has no DAGs yet"),
        ({"schema": None}, True, "The service knows the API key"),
        ({"schema": None, "password": "wrong"}, False, "does not know the API key"),
        ({"schema": "other"}, False, "has no Deployment other"),
        ({"host": None}, False, "has no URL"),
        ({"host": "http://127.0.0.1:1"}, False, "cannot be reached"),
        ({"password": None}, False, "API key"),
    ],
)
def test_the_test_button(fake, connections, fields, ok, message):
    fake.upload(V1, archive_of({"etl.py": "1"}))
    connections["retrograde_default"] = connection(fake, **fields)
    tested, text = RetrogradeHook().test_connection()
    assert tested is ok
    assert message in text


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({"host": "a.example.com"}, "https://a.example.com"),
        ({"host": "a.example.com", "port": 8871}, "https://a.example.com:8871"),
        ({"host": "a", "port": 8871, "extra_dejson": {"scheme": "http"}}, "http://a:8871"),
        ({"host": "http://a:8871/"}, "http://a:8871/"),
    ],
)
def test_the_address_of_a_connection(fake, connections, fields, url):
    connections["retrograde_default"] = connection(fake, **fields)
    assert RetrogradeHook().get_conn().settings.url == url


def test_the_provider_names_the_hook():
    [kind] = get_provider_info()["connection-types"]
    assert (kind["connection-type"], kind["hook-class-name"].rsplit(".", 1)[1]) == (
        RetrogradeHook.conn_type,
        RetrogradeHook.__name__,
    )
