"""What can go wrong, each with the exit code of ``python -m retrograde_airflow sync``."""

from __future__ import annotations


class RetrogradeError(Exception):
    """DAGs cannot be had from the service."""

    exit_code = 1


class Misconfigured(RetrogradeError):
    """The URL, the release name or the API key is missing or malformed."""

    exit_code = 2


class ServiceUnavailable(RetrogradeError):
    """
    The service cannot be reached, or asks to be asked later.

    :param retry_after: The seconds that the service asks to wait for, if it does.
    """

    exit_code = 3

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AccessDenied(RetrogradeError):
    """The API key is unknown or may not read the DAGs."""

    exit_code = 4


class NotFound(RetrogradeError):
    """There is no such Deployment, or it has no such version of its DAGs."""

    exit_code = 5


class BadArchive(RetrogradeError):
    """The archive did not arrive as it was uploaded, or must not be unpacked."""

    exit_code = 6


class StorageError(RetrogradeError):
    """The files cannot be written to this machine's disk."""

    exit_code = 7
