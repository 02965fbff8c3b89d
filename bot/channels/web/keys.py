"""What opens a device of the desk: a PIN of one's own, or the code that an authenticator app shows (RFC 6238)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

import pyotp
import segno

PIN_DIGITS = range(6, 13)
SCRYPT_COST = {"n": 2**14, "r": 8, "p": 1}
"""About 50 ms and 16 MB a try (RFC 7914's parameters for interactive logins)."""
PLAIN, PEPPERED = "scrypt", "peppered"
STEP_SECONDS = 30
DRIFT = 1
"""Steps that a phone's clock may be early or late, as RFC 6238 (5.2) recommends."""


def is_good_pin(pin: str) -> bool:
    """Six to twelve digits, not all the same and not simply counted."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_DIGITS):
        return False
    return len(set(pin)) > 1 and pin not in "01234567890123456789" and pin not in "98765432109876543210"


def hash_pin(pin: str, salt: bytes, pepper: bytes) -> str:
    """scrypt, with its salt in front. A PIN is soon guessed from its hash alone; not without the pepper.

    `pepper` lies sealed in the database: a copy that is stolen without the master key tells nobody's PIN.
    """
    return _written(PEPPERED, salt, hmac.digest(pepper, pin.encode(), "sha256"))


def fits_pin(pin: str, hashed: str, pepper: bytes) -> bool:
    """In constant time. Hashes from before there was a pepper still fit their PIN."""
    kind, _, rest = hashed.partition(":")
    salt = bytes.fromhex(rest.partition(":")[0])
    if kind == PEPPERED:
        return hmac.compare_digest(hash_pin(pin, salt, pepper), hashed)
    return kind == PLAIN and hmac.compare_digest(_written(PLAIN, salt, pin.encode()), hashed)


def _written(kind: str, salt: bytes, secret: bytes) -> str:
    return f"{kind}:{salt.hex()}:{hashlib.scrypt(secret, salt=salt, **SCRYPT_COST).hex()}"


def new_secret() -> str:
    """A shared secret of 160 random bits in base 32 (RFC 4226, 4)."""
    return pyotp.random_base32()


def code_at(secret: str, step: int) -> str:
    """The six digits of one step of thirty seconds since 1970."""
    return pyotp.TOTP(secret).generate_otp(step)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, as of now and one step around it; None for a wrong code.

    Whoever asks keeps the step: a code opens once (RFC 6238, 5.2).
    """
    now = int(at.timestamp()) // STEP_SECONDS
    said = "".join(code.split())
    fitting = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if hmac.compare_digest(code_at(secret, step).encode(), said.encode())
    ]
    return max(fitting, default=None)


def offer(secret: str, name: str, issuer: str) -> dict[str, str]:
    """The secret for an authenticator app: to scan (an SVG as data URI), to touch on a phone, to type."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    drawn = segno.make(uri, error="m", micro=False).svg_data_uri(scale=4, border=3, light="#fff")
    return {"qr": drawn, "uri": uri, "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))}
