"""A front of an S3-compatible service that checks signatures, as real buckets do and the service behind it does not.

What it checks is written from the published rules of Signature Version 4 alone, without the library that signs.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

SECRET = "confidential"
UNSIGNED = "UNSIGNED-PAYLOAD"
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
NOT_FORWARDED = {"host", "connection", "transfer-encoding"}


class CheckingStore:
    """Forwards requests whose signatures are right.

    Attributes:
        url: Its address.
        seen: Method, path and headers of each request.
        refused: Why requests were refused.
    """

    def __init__(self, endpoint: str) -> None:
        self.seen, self.refused = [], []
        self._behind = urlsplit(endpoint).netloc
        store = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                """Say nothing."""

            def serve(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                store.seen.append((self.command, self.path, headers))
                fault = fault_of(self.command, self.path, headers, body)
                if fault:
                    store.refused.append(fault)
                    self._answer(403, {}, fault.encode())
                    return
                self._answer(*store.forwarded(self.command, self.path, headers, body))

            def _answer(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "content-length" not in headers:
                    self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        for method in METHODS:
            setattr(Handler, f"do_{method}", Handler.serve)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def forwarded(self, method, path, headers, body):
        """Return status, headers and body of the service behind."""
        connection = http.client.HTTPConnection(self._behind, timeout=60)
        kept = {name: value for name, value in headers.items() if name not in NOT_FORWARDED}
        connection.request(method, path, body or None, kept)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        told = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in NOT_FORWARDED}
        return answer.status, told, content

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def fault_of(method, target, headers, body):
    """Return why a store refuses a request, None when it does not."""
    path, _, query = target.partition("?")
    pairs = [
        tuple(map(unquote, part.partition("=")[::2])) for part in query.split("&") if part
    ]  # a plus sign is no space here
    given = dict(pairs)
    authorisation = headers.get("authorization", "")
    if ("X-Amz-Signature" in given) + bool(authorisation) != 1:
        return "one way of signing is needed, and no more"
    if authorisation:
        algorithm, _, rest = authorisation.partition(" ")
        told = dict(item.strip().split("=", 1) for item in rest.split(","))
        credential, signed, signature = told["Credential"], told["SignedHeaders"], told["Signature"]
        moment, payload = headers["x-amz-date"], headers["x-amz-content-sha256"]
        if payload not in {UNSIGNED, hashlib.sha256(body).hexdigest()}:
            return "the body is not the one that was signed"
    else:
        algorithm, credential = given["X-Amz-Algorithm"], given["X-Amz-Credential"]
        signed, signature = given["X-Amz-SignedHeaders"], given["X-Amz-Signature"]
        moment, payload = given["X-Amz-Date"], UNSIGNED
        started = dt.datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.timezone.utc)
        age = (dt.datetime.now(dt.timezone.utc) - started).total_seconds()
        if not -900 <= age <= int(given["X-Amz-Expires"]) <= 7 * 86400:
            return "the address has expired"
    names = signed.split(";")
    unsigned = [name for name in headers if (name.startswith("x-amz-") or name == "host") and name not in names]
    if unsigned:
        return f"headers are not signed: {unsigned}"
    if algorithm != "AWS4-HMAC-SHA256" or names != sorted(names):
        return f"not signed as it has to be: {algorithm} {names}"
    queried = sorted((coded(name), coded(value)) for name, value in pairs if name != "X-Amz-Signature")
    request = "\n".join(
        [
            method,
            coded(unquote(path), safe="/"),
            "&".join(f"{name}={value}" for name, value in queried),
            *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in names),
            "",
            signed,
            payload,
        ]
    )
    _, *scope = credential.split("/")
    to_sign = "\n".join([algorithm, moment, "/".join(scope), hashlib.sha256(request.encode()).hexdigest()])
    if not hmac.compare_digest(signed_with(scope, to_sign), signature):
        return "the signature is of another request"
    checksum = headers.get("content-md5")
    if checksum and base64.b64decode(checksum) != hashlib.md5(body, usedforsecurity=False).digest():
        return "the body has another MD5"
    return None


def coded(text, safe=""):
    """Return a text as signatures have it: everything but letters, digits and four marks in hexadecimal."""
    return quote(text, safe=safe + "-_.~")


def signed_with(scope, text):
    """Return the signature of a text with the key of a day, region and service."""
    key = f"AWS4{SECRET}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
