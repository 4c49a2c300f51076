"""A proxy that ends TLS itself, so that an unchanged program talks to servers of ours.

It takes CONNECT for a few names, shows a certificate for them that a throw-away authority signed, and passes the plain
bytes on to loopback ports. Every other name is refused and remembered.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class TlsProxy:
    """A running proxy: where it is, whom the child is to trust, and which names it refused."""

    port: int
    authority: Path
    refused: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What a child process needs to go through it."""
        return {
            "HTTPS_PROXY": f"http://127.0.0.1:{self.port}",
            "REQUESTS_CA_BUNDLE": str(self.authority),
            "SSL_CERT_FILE": str(self.authority),
        }


@contextmanager
def tls_proxy(routes: Mapping[str, int], folder: Path) -> Iterator[TlsProxy]:
    """The proxy; `routes` maps host names to loopback ports."""
    authority, leaf = _make_certificates(list(routes), folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = TlsProxy(listener.getsockname()[1], authority)

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(client,), daemon=True).start()

    def handle(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(30)
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1)
            name = head.split()[1].decode().partition(":")[0]
            if name not in routes:
                proxy.refused.append(name)
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with (
                context.wrap_socket(client, server_side=True) as inner,
                socket.create_connection(("127.0.0.1", routes[name])) as outer,
            ):
                back = threading.Thread(target=_pass_on, args=(outer, inner), daemon=True)
                back.start()
                _pass_on(inner, outer)
                back.join(5)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def _make_certificates(names: list[str], folder: Path) -> tuple[Path, Path]:
    """The authority's certificate, and key and certificate for these names in one file."""
    now = datetime.now(UTC)
    ours, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "made-up authority")])
    usage = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )

    def begin(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(
            issuer, subject, public, x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)
        )

    root = (
        begin(issuer, ours.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ours.public_key()), critical=False)
        .add_extension(x509.KeyUsage(key_cert_sign=True, **usage), critical=True)
        .sign(ours, hashes.SHA256())
    )
    leaf = (
        begin(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])]), key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ours.public_key()), critical=False)
        .sign(ours, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "authority.pem").write_bytes(root.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(private + leaf.public_bytes(pem))
    return folder / "authority.pem", folder / "leaf.pem"
