"""Where the service is, which Deployment is meant, and the API key."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from retrograde_airflow.errors import Misconfigured

URL_VARIABLE = "RETROGRADE_URL"
RELEASE_NAME_VARIABLE = "RETROGRADE_RELEASE_NAME"
API_KEY_VARIABLE = "RETROGRADE_API_KEY"
API_KEY_FILE_VARIABLE = "RETROGRADE_API_KEY_FILE"
WEB_URL_VARIABLE = "RETROGRADE_WEB_URL"

_RELEASE_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True)
class Settings:
    """
    How the DAGs of one Deployment are reached.

    :param url: The address of the service, for example ``https://retrograde.example.com``.
    :param release_name: The release name of the Deployment.
    :param api_key: The API key itself. Takes precedence over ``api_key_file``.
    :param api_key_file: A file with the API key, read anew for each request so that the key can be changed.
    :param web_url: The address of the web client for people's browsers, where it is not ``url``.
    """

    url: str
    release_name: str
    api_key: str | None = field(default=None, repr=False)
    api_key_file: str | None = None
    web_url: str | None = None

    def __post_init__(self) -> None:
        for name, url in (("URL", self.url), ("web URL", self.web_url)):
            if url is not None and not _is_web_address(url):
                raise Misconfigured(f"The {name} {url!r} is not an address such as https://retrograde.example.com")
        if not _RELEASE_NAME.fullmatch(self.release_name):
            raise Misconfigured(f"{self.release_name!r} is not a release name")
        if self.api_key is None and self.api_key_file is None:
            raise Misconfigured(
                f"There is no API key: set {API_KEY_VARIABLE} or {API_KEY_FILE_VARIABLE}, "
                "or the password of the Airflow connection"
            )

    @property
    def endpoint(self) -> str:
        """The address of the DAGs."""
        return f"{self.url.rstrip('/')}/{quote(self.release_name)}/dags/download"

    @property
    def history_url_template(self) -> str:
        """The deploy history in the web client, with the placeholder ``{version}``."""
        return f"{(self.web_url or self.url).rstrip('/')}/deployments/{self.release_name}/history?q={{version}}"

    def read_api_key(self) -> str:
        """
        Return the API key as it is now.

        :raises Misconfigured: if the file cannot be read, or holds no key.
        """
        key = self.api_key
        if key is None:
            try:
                key = Path(self.api_key_file or "").read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise Misconfigured(f"Cannot read the API key from {self.api_key_file}: {error}") from error
        key = key.strip()
        if not key or not key.isascii() or not key.isprintable():
            raise Misconfigured("The API key is empty, or has characters that no key has")
        return key


def settings_from_environment(
    *,
    environment: Mapping[str, str] = os.environ,
    url: str | None = None,
    release_name: str | None = None,
    api_key_file: str | None = None,
    web_url: str | None = None,
) -> Settings:
    """
    Take what is not given from environment variables.

    :raises Misconfigured: if something is missing or malformed.
    """
    return Settings(
        url=_required("URL of the service", url or environment.get(URL_VARIABLE), URL_VARIABLE),
        release_name=_required(
            "release name", release_name or environment.get(RELEASE_NAME_VARIABLE), RELEASE_NAME_VARIABLE
        ),
        api_key=None if api_key_file else environment.get(API_KEY_VARIABLE) or None,
        api_key_file=api_key_file or environment.get(API_KEY_FILE_VARIABLE) or None,
        web_url=web_url or environment.get(WEB_URL_VARIABLE) or None,
    )


def _required(what: str, value: str | None, variable: str) -> str:
    if not value:
        raise Misconfigured(f"The {what} is not given: set it, or {variable}")
    return value


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and parts.username is None
        and not parts.query
        and not parts.fragment
        and not re.search(r"[\s{}]", url)
    )
