"""The sandbox's own certificate authority: the SDK speaks TLS only."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=365)
RENEW_BEFORE = timedelta(days=7)
# Clocks of two processes on one machine agree; a container's may lag its host's.
BACKDATED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the server's key and chain lie, and what a client must trust.

    Attributes:
        authority: the sandbox's own authority alone.
        ca_bundle: that and certifi's authorities, because REQUESTS_CA_BUNDLE replaces those.
    """

    key: Path
    chain: Path
    authority: Path
    ca_bundle: Path

    def exist(self) -> bool:
        """Tell whether all the files are there."""
        return all(path.exists() for path in (self.key, self.chain, self.authority, self.ca_bundle))


def ensure_certificates(state: Path) -> Certificates:
    """Return the certificates below `state`, made anew when absent or about to expire."""
    files = Certificates(
        key=state / "tls-key.pem",
        chain=state / "tls-chain.pem",
        authority=state / "ca.pem",
        ca_bundle=state / "ca-bundle.pem",
    )
    if not _still_good(files):
        _issue(files)
    return files


def _still_good(files: Certificates) -> bool:
    if not files.exist():
        return False
    leaf = x509.load_pem_x509_certificate(files.chain.read_bytes())
    return leaf.not_valid_after_utc - datetime.now(UTC) > RENEW_BEFORE


def _issue(files: Certificates) -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key)
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    leaf = _leaf(leaf_key, authority, authority_key)
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        leaf_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    files.chain.write_bytes(_pem(leaf) + _pem(authority))
    files.authority.write_bytes(_pem(authority))
    files.ca_bundle.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + _pem(authority))


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("envbot sandbox authority")
    return (
        _unsigned(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    names = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    )
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return (
        _unsigned(_name("127.0.0.1"), authority.subject, key)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(server, critical=False)
        .add_extension(issuer_id, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
