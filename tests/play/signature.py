"""Signature Version 4 from the other side: what the signature of a request should be, and what is wrong with it."""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from starlette.requests import Request

REGION, KEY_ID, SECRET = "eu-west-2", "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
_AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(\S+), ?SignedHeaders=(\S+), ?Signature=([0-9a-f]{64})")
_SIGNED = {"host", "x-amz-content-sha256", "x-amz-date"}
_SLACK = timedelta(minutes=15)


def find_fault(request: Request, body: bytes) -> str | None:
    """Why the request is not signed as it must be; None where it is."""
    given = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if not given:
        return "no signature"
    credential, signed, signature = given.groups()
    stamp = request.headers.get("x-amz-date", "")
    faults = {
        "signed at another time": abs(datetime.now(UTC) - _read(stamp)) > _SLACK,
        "of another scope": credential != f"{KEY_ID}/{stamp[:8]}/{REGION}/s3/aws4_request",
        "leaves out what must be signed": not set(signed.split(";")) >= _SIGNED,
        "another body": request.headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest(),
        "a token that nobody gave": "x-amz-security-token" in request.headers,
        "another key": not hmac.compare_digest(signature, sign(request, signed.split(";"), SECRET, REGION)),
    }
    return next((fault for fault, is_so in faults.items() if is_so), None)


def sign(request: Request, signed: list[str], secret: str, region: str) -> str:
    """The signature the request should have, step by step as Amazon describes it."""
    stamp = request.headers["x-amz-date"]
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    hashed = hashlib.sha256(_canonical(request, signed).encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}".encode(), "sha256").hex()


def _canonical(request: Request, signed: list[str]) -> str:
    asked = sorted((_quoted(name), _quoted(value)) for name, value in request.query_params.multi_items())
    lines = [
        request.method,
        quote(unquote(request.scope["raw_path"].decode()), safe="/-_.~"),
        "&".join(f"{name}={value}" for name, value in asked),
        *(f"{name}:{' '.join(request.headers[name].split())}" for name in signed),
        "",
        ";".join(signed),
        request.headers["x-amz-content-sha256"],
    ]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _read(stamp: str) -> datetime:
    return datetime.strptime(f"{stamp}+0000", "%Y%m%dT%H%M%SZ%z")
