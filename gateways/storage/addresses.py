"""Where files are kept, as one address says it: file:///folder, or s3://bucket/prefix?endpoint=…&region=…."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from gateways.storage.bucket import Bucket, BucketAddress
from gateways.storage.files import Storage
from gateways.storage.folder import Folder

_OPTIONS = {"endpoint", "region"}


def read_address(text: str) -> Path | BucketAddress:
    """The folder or the bucket; ValueError says what is wrong with the address."""
    parts = urlsplit(text)
    if parts.scheme == "file" and not parts.netloc and len(parts.path) > 1 and not parts.query:
        return Path(unquote(parts.path))
    if parts.scheme != "s3" or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise ValueError("must look like file:///var/lib/rekindle/files or s3://bucket/prefix?region=eu-west-2")
    options = dict(parse_qsl(parts.query))
    if unknown := sorted(set(options) - _OPTIONS):
        raise ValueError(f"has an option that is not known: {unknown[0]} (known: endpoint, region)")
    if "endpoint" in options and not options["endpoint"].startswith(("http://", "https://")):
        raise ValueError("has an endpoint that does not look like https://minio.example.com")
    return BucketAddress(bucket=parts.netloc, prefix=unquote(parts.path).strip("/"), **options)


def open_storage(place: Path | BucketAddress) -> Storage:
    return Folder(place) if isinstance(place, Path) else Bucket(place)
