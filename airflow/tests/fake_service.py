"""
A small fake of the service's HTTP interface.

``contract.py`` holds it and the real service to the same answers.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

READER = "reader-key"
OUTSIDER = "outsider-key"


@dataclass
class Fault:
    """What the next request meets instead of its answer, or with it."""

    status: int | None = None
    retry_after: int | None = None
    keep_bytes: int | None = None
    other_bytes: bytes | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    gate: threading.Event | None = None
    method: str | None = None


class FakeService:
    def __init__(self) -> None:
        self.versions: dict[str, bytes] = {}
        self.live: str | None = None
        self.release_name = "reports"
        self.empty_release_name = "empty"
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self._lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                fake._answer(self)

            def do_GET(self) -> None:
                fake._answer(self)

            def log_message(self, *_args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args: object) -> None:
                """Whoever has asked is gone."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def upload(self, version: str, archive: bytes) -> None:
        self.versions[version] = archive
        self.live = version

    def count(self, method: str) -> int:
        return sum(request.startswith(f"{method} ") for request in self.requests)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.requests.append(f"{handler.command} {handler.path}")
            fits = next((f for f in self.faults if f.method in (None, handler.command)), None)
            if fits is not None:
                self.faults.remove(fits)
        fault = fits or Fault()
        if fault.gate is not None:
            fault.gate.wait(30)
        if fault.status is not None:
            extra = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
            self._refuse(handler, fault.status, "FAULT", "as the test wants it", headers={**extra, **fault.headers})
            return
        self._route(handler, fault)

    def _route(self, handler: BaseHTTPRequestHandler, fault: Fault) -> None:
        url = urlsplit(handler.path)
        key = handler.headers.get("authorization", "")
        name = re.fullmatch(r"/([^/]+)/dags/download", url.path)
        if name is None:
            return self._refuse(handler, 404, "NOT_FOUND", f"There is nothing at {handler.command} {url.path}")
        if key not in (READER, OUTSIDER):
            return self._refuse(handler, 401, "UNAUTHENTICATED", "no")
        if name.group(1) not in (self.release_name, self.empty_release_name):
            return self._refuse(handler, 404, "NOT_FOUND", "Deployment not found")
        if key == OUTSIDER:
            return self._refuse(handler, 403, "FORBIDDEN", "no")
        asked = parse_qs(url.query).get("version", [None])[0]
        if asked is not None and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", asked):
            return self._refuse(handler, 400, "BAD_USER_INPUT", "version: is not a version")
        has_bundles = name.group(1) == self.release_name
        version = asked or (self.live if has_bundles else None)
        archive = self.versions.get(version or "") if has_bundles else None
        if archive is None:
            details = {"dagTarballVersion": version}
            return self._refuse(handler, 404, "NOT_FOUND", "DAG bundle not found", details)
        assert version is not None
        return self._send(handler, version, archive, fault)

    def _send(self, handler: BaseHTTPRequestHandler, version: str, archive: bytes, fault: Fault) -> None:
        headers = {
            "content-type": "application/gzip",
            "etag": f'"{hashlib.sha256(archive).hexdigest()}"',
            "x-dag-tarball-version": version,
            "content-length": str(len(archive)),
            **fault.headers,
        }
        handler.send_response(200)
        for name, value in headers.items():
            if value is not None:
                handler.send_header(name, value)
        handler.end_headers()
        if handler.command == "HEAD":
            return
        body = archive if fault.other_bytes is None else fault.other_bytes
        handler.wfile.write(body if fault.keep_bytes is None else body[: fault.keep_bytes])
        if fault.keep_bytes is not None:
            handler.close_connection = True

    def _refuse(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        code: str,
        message: str,
        details: dict[str, object] | None = None,
        headers: dict[str, str | None] | None = None,
    ) -> None:
        body = json.dumps({"errors": [{"message": message, "extensions": {"code": code, **(details or {})}}]}).encode()
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            if value is not None:
                handler.send_header(name, value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)
