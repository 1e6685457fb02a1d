"""TLS by each carrier: whom it trusts, what it says of those it does not, and how often certificates are read."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ftrack_api import exception
from ftrack_api._transport import base, certificates
from ftrack_api._transport.base import Request
from ftrack_api._transport.client import HttpTransport
from ftrack_api._transport.retry import RetryPolicy

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[1] "


def certificate(folder, *, name):
    """Make a certificate that vouches for itself, for one name or address of IP; return the file of it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "studio")])
    now = dt.datetime.now(dt.timezone.utc)
    try:
        names = [x509.IPAddress(ipaddress.ip_address(name))]
    except ValueError:
        names = [x509.DNSName(name)]
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"), name="127.0.0.1")


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"), name="studio.example.com")


@pytest.fixture(autouse=True)
def no_certificates_of_the_environment(monkeypatch):
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)


def serving(path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def post(url, **more):
    return Request("POST", f"{url}/api", body=b"[{}]", timeout=60, **more)


def test_a_server_of_a_trusted_certificate_is_reached_over_one_connection(raw_server, make_transport, monkeypatch, own):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    server = raw_server(OK, tls=serving(own))
    transport = make_transport(server.url)

    assert [transport.send(post(server.url)).body for _ in range(3)] == [b"[1] "] * 3
    assert server.connections == 1


@pytest.mark.parametrize("trusts_it", [False, True])
def test_a_server_that_is_not_to_be_trusted_gets_nothing_and_is_not_asked_again(
    raw_server, make_transport, monkeypatch, own, other, trusts_it
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    server = raw_server(OK, tls=serving(other if trusts_it else own))  # in the former case of another name
    delays = []
    transport = make_transport(server.url, sleep=delays.append)

    with pytest.raises(exception.ConnectionError, match=r"(?i)certificate") as caught:
        transport.send(post(server.url, read_only=True))

    assert isinstance(caught.value, requests.exceptions.SSLError)
    assert (server.asked, delays) == ([], [])


def test_a_server_that_speaks_no_tls_is_told_of(raw_server, make_transport, monkeypatch, own):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer():
            connected, _ = plain.accept()
            with connected:
                connected.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connected.recv(65536)

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"https://127.0.0.1:{plain.getsockname()[1]}"
        with pytest.raises(exception.ConnectionError, match=r"(?i)ssl") as caught:
            make_transport(url, policy=RetryPolicy(attempts=1)).send(post(url))
        thread.join(60)

    assert isinstance(caught.value, requests.exceptions.SSLError)


@pytest.mark.parametrize("then", ["close", "reset"])
def test_a_kept_connection_that_the_server_has_ended_gives_way_to_a_new_one(
    raw_server, make_transport, monkeypatch, said, own, then
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    answered = threading.Event()
    server = raw_server(said(OK, then=then, end_after=answered), said(OK), tls=serving(own))
    transport = make_transport(server.url)

    transport.send(post(server.url))
    answered.set()
    assert server.closed.acquire(timeout=60)

    assert transport.send(post(server.url)).body == b"[1] "
    assert [number for number, _ in server.asked] == [1, 2]


def test_half_an_answer_is_a_lost_connection(raw_server, make_transport, monkeypatch, said, own):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    half = OK.replace(b"4", b"9")
    server = raw_server(said(half, then="close"), said(OK), tls=serving(own))
    transport = make_transport(server.url, sleep=lambda _: None)

    with pytest.raises(exception.ConnectionError):
        transport.send(post(server.url))

    assert transport.send(post(server.url)).status == 200


def test_certificates_are_read_once_for_whole_requests_and_streams(
    raw_server, make_transport, monkeypatch, own, carrier
):
    if carrier == "requests":
        pytest.skip("requests reads certificates itself")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    server = raw_server(OK.replace(b"Content", b"Connection: close\r\nContent"), tls=serving(own))
    contexts = []
    create = ssl.create_default_context
    monkeypatch.setattr(
        certificates.ssl, "create_default_context", lambda **more: contexts.append(create(**more)) or contexts[-1]
    )
    transport = make_transport(server.url)

    for _ in range(3):
        transport.send(post(server.url))
    with transport.stream(Request("GET", f"{server.url}/component/get")) as stream:
        assert stream.read(10) == b"[1] "

    assert len(contexts) == 1


def test_missing_certificates_are_an_error_that_names_them(raw_server, make_transport, monkeypatch, tmp_path, own):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    server = raw_server(OK, tls=serving(own))
    transport = make_transport(server.url)

    with pytest.raises(OSError, match=r"missing\.pem|No such file"):
        transport.send(post(server.url))

    assert server.connections == 0


def test_a_redirect_to_tls_on_the_same_host_goes_there_with_credentials(raw_server, make_transport, monkeypatch, own):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    secure = raw_server(OK, tls=serving(own))
    moved = f"HTTP/1.1 301 Moved\r\nLocation: {secure.url}/api\r\nContent-Length: 0\r\n\r\n"
    plain = raw_server(moved.encode())
    ports = {scheme: int(server.url.rpartition(":")[2]) for scheme, server in (("http", plain), ("https", secure))}
    monkeypatch.setattr(base, "_STANDARD_PORTS", ports)
    transport = make_transport(plain.url)

    assert transport.send(post(plain.url)).body == b"[1] "
    assert len(plain.asked) == len(secure.asked) == 1
    assert b"\r\nftrack-api-key: s3cr3t-key\r\n" in secure.asked[0][1].lower()


def test_a_server_that_is_silent_during_the_handshake_is_not_connected_to_in_time(make_config, monkeypatch, own):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        delays = []
        transport = HttpTransport(make_config(url), sleep=delays.append)

        with pytest.raises(exception.Timeout, match=r"no connection within 0\.05 s"):
            transport.send(Request("POST", f"{url}/api", timeout=(0.05, 60)))
        transport.close()

    assert len(delays) == RetryPolicy().attempts - 1
