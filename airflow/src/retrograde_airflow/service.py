"""The part of the service's HTTP interface from which DAGs are read."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any, BinaryIO, TypeVar
from urllib.parse import urlencode

from retrograde_airflow import __version__
from retrograde_airflow.errors import (
    AccessDenied,
    BadArchive,
    NotFound,
    RetrogradeError,
    ServiceUnavailable,
)
from retrograde_airflow.settings import Settings

VERSION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

_ETAG = re.compile(r'(?:W/)?"([0-9a-f]{64})"')
_CHUNK_BYTES = 256 * 1024
_MAX_ERROR_BYTES = 64 * 1024
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0

T = TypeVar("T")


@dataclass(frozen=True)
class LiveBundle:
    """
    The DAG bundle that a Deployment runs.

    :param version: Its version, an instant in UTC with microseconds.
    :param sha256: The checksum of its archive, in hex.
    """

    version: str
    sha256: str


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The API key must not go to another address than the one that was configured."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class Service:
    """
    Reads the DAG bundles of one Deployment.

    :param settings: Where the service is.
    :param timeout: Seconds to wait for a connection and for each part of an answer.
    :param download_timeout: Seconds that one download may take as a whole.
    :param attempts: How often a download is tried while the service is away or an archive arrives damaged.
    :param sleep: How to wait between two attempts.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        timeout: float = 10.0,
        download_timeout: float = 600.0,
        attempts: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self._timeout = timeout
        self._download_timeout = download_timeout
        self._attempts = attempts
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_NoRedirects)

    def find_live(self) -> LiveBundle | None:
        """
        Ask once what the Deployment runs; ``None`` where it runs without DAGs of its own.

        :raises RetrogradeError: if the service gives no answer, or refuses one.
        """
        try:
            with self._open("HEAD") as response:
                return self._bundle_of(response.headers)
        except _NoSuchDeployment:
            # Only an answer with a body tells whether the Deployment or the bundle is missing.
            try:
                with self._open("GET") as response:
                    return self._bundle_of(response.headers)
            except _NoLiveBundle:
                return None

    def check_api_key(self) -> None:
        """
        Ask whether the service knows the API key, whatever Deployment it is for.

        :raises RetrogradeError: if it does not, or gives no answer.
        """
        try:
            self.find_live()
        except NotFound as error:
            if not isinstance(error, _NoSuchDeployment):
                raise

    def download(self, version: str, file: BinaryIO) -> LiveBundle:
        """
        Write the archive of a version to an empty file, checked against its checksum.

        :raises NotFound: if the service does not have that version.
        :raises BadArchive: if the archive arrived incomplete or changed, at every attempt.
        :raises RetrogradeError: if the service gives no answer, or refuses one.
        :raises OSError: if the file cannot be written.
        """

        def attempt() -> LiveBundle:
            file.seek(0)
            file.truncate()
            return self._download_once(version, file)

        return self._try_again(attempt)

    def _try_again(self, attempt: Callable[[], T]) -> T:
        for number in range(1, self._attempts + 1):
            try:
                return attempt()
            except (ServiceUnavailable, BadArchive) as error:
                if number == self._attempts:
                    raise
                asked_for = error.retry_after if isinstance(error, ServiceUnavailable) else None
                pause = _FIRST_PAUSE_SECONDS * 2 ** (number - 1) if asked_for is None else asked_for
                self._sleep(min(pause, _LONGEST_PAUSE_SECONDS))
        raise AssertionError("attempts must be at least 1")

    def _download_once(self, version: str, file: BinaryIO) -> LiveBundle:
        deadline = time.monotonic() + self._download_timeout
        checksum = hashlib.sha256()
        with self._open("GET", version) as response:
            bundle = self._bundle_of(response.headers)
            while chunk := self._read(response):
                file.write(chunk)
                checksum.update(chunk)
                if time.monotonic() > deadline:
                    raise ServiceUnavailable(f"The download took more than {self._download_timeout:.0f} s")
        if bundle.version != version:
            raise BadArchive(f"{self.settings.endpoint} answered version {bundle.version} instead of {version}")
        if checksum.hexdigest() != bundle.sha256:
            raise BadArchive(
                f"The archive of DAG bundle {version} arrived incomplete or changed: "
                f"its sha256 is {checksum.hexdigest()} and not {bundle.sha256}"
            )
        return bundle

    def _read(self, response: Any) -> bytes:
        try:
            return response.read(_CHUNK_BYTES)  # type: ignore[no-any-return]
        except (OSError, http.client.HTTPException) as error:
            raise ServiceUnavailable(f"The download from {self.settings.url} broke off: {error!r}") from error

    def _open(self, method: str, version: str | None = None) -> Any:
        query = "" if version is None else f"?{urlencode({'version': version})}"
        request = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
            f"{self.settings.endpoint}{query}",
            method=method,
            headers={
                "Authorization": self.settings.read_api_key(),
                "Accept-Encoding": "identity",
                "User-Agent": f"retrograde-airflow/{__version__}",
            },
        )
        try:
            return self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error, version) from None
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise ServiceUnavailable(f"{self.settings.url} cannot be reached: {reason}") from error

    def _refusal(self, error: urllib.error.HTTPError, version: str | None) -> RetrogradeError:
        url, release_name = self.settings.url, self.settings.release_name
        status = error.code
        if status == 401:
            return AccessDenied(f"{url} does not know the API key (401): it is wrong, or was removed")
        if status == 403:
            return AccessDenied(
                f"The API key may not read the DAGs of {release_name} (403): "
                "it needs the permission deployment.images.pull, as the role Deployment Viewer has it"
            )
        if status == 404:
            return self._not_found(error, version)
        if 300 <= status < 400:
            target = error.headers.get("location", "another address")
            return NotFound(f"{url} redirects to {target} ({status}): put the final address into the URL")
        message = f"{url} answered {status} ({error.reason})"
        if status in (408, 425, 429) or status >= 500:
            return ServiceUnavailable(message, _retry_after(error.headers))
        return RetrogradeError(message)

    def _not_found(self, error: urllib.error.HTTPError, version: str | None) -> RetrogradeError:
        url, release_name = self.settings.url, self.settings.release_name
        details = _error_details(error)
        if "dagTarballVersion" not in details:
            return _NoSuchDeployment(
                f"{url} has no Deployment {release_name} that this API key may see (404): "
                "check the URL, the release name and the key's role"
            )
        if version is None:
            return _NoLiveBundle(f"{release_name} runs without a DAG bundle")
        return NotFound(
            f"DAG bundle {version} of {release_name} is gone: the clean-up of old deploys has removed it. "
            "Clear the tasks to run them on the newest version of the DAGs, and pin deploys that long runs need"
        )

    def _bundle_of(self, headers: Message) -> LiveBundle:
        version = headers.get("x-dag-tarball-version", "")
        etag = _ETAG.fullmatch(headers.get("etag", ""))
        if etag is None or not VERSION.fullmatch(version):
            raise NotFound(
                f"What answers at {self.settings.endpoint} is not Retrograde: check the URL, "
                "and whether something in between asks for a sign-in or removes headers"
            )
        return LiveBundle(version=version, sha256=etag.group(1))


class _NoLiveBundle(NotFound):
    """The Deployment is there and runs without a DAG bundle."""


class _NoSuchDeployment(NotFound):
    """There is no such Deployment, or the API key may not see it."""


def _error_details(body: IO[bytes]) -> dict[str, Any]:
    try:
        details = json.loads(body.read(_MAX_ERROR_BYTES))["errors"][0]["extensions"]
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
        return {}
    return details if isinstance(details, dict) else {}


def _retry_after(headers: Message) -> float | None:
    value = headers.get("retry-after", "")
    return float(value) if value.isdecimal() else None
