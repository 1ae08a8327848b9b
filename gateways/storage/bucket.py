"""Files in a bucket: Amazon's, or any that speaks S3."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from gateways.storage.files import Bounded, FileGone, StorageTrouble, StoredFile, folder_of, in_pieces

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Credential, S3CredentialProvider

_PART = 8 * 1024 * 1024  # S3 takes at most 10,000 parts, each but the last of 5 MiB or more
_PARTS_AT_ONCE = 2
_PROBE = ".probe"


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Which bucket, and whose. Without keys the machine's own are used: AWS_… variables, or the role it has."""

    bucket: str
    prefix: str = ""
    region: str = "us-east-1"
    endpoint: str | None = None
    key_id: str | None = None
    secret: str | None = field(default=None, repr=False)


class Bucket:
    """What fits into one part is put at once; longer files come in parts, which S3 shows when the last is there."""

    def __init__(self, address: BucketAddress, patience_seconds: float = 30) -> None:
        self._name = address.bucket
        self._store = _open(address, timedelta(seconds=patience_seconds))

    async def put(self, file: StoredFile, chunks: AsyncIterable[bytes], most_bytes: int) -> int:
        counted = Bounded(chunks, most_bytes)
        pieces = in_pieces(counted, _PART)
        first = await anext(pieces, b"")
        with self._troubles():
            if len(first) < _PART:
                await obstore.put_async(self._store, file.key, first, use_multipart=False)
            else:
                await self._put_in_parts(file, _from(first, pieces))
        return counted.size

    async def _put_in_parts(self, file: StoredFile, pieces: AsyncIterator[bytes]) -> None:
        """A stream that breaks ends the upload at the bucket too; so does whoever gives up waiting for it."""
        given_up = asyncio.Event()
        upload = obstore.put_async(
            self._store,
            file.key,
            _until(given_up, pieces),
            use_multipart=True,
            chunk_size=_PART,
            max_concurrency=_PARTS_AT_ONCE,
        )
        try:
            await asyncio.shield(upload)
        except asyncio.CancelledError:
            given_up.set()
            with contextlib.suppress(_GivenUp, BaseError):
                await upload
            raise

    async def read(self, file: StoredFile) -> AsyncIterator[bytes]:
        with self._troubles(missing=FileGone):
            found = await obstore.get_async(self._store, file.key)
            stream = aiter(found.stream())
        while True:
            with self._troubles():
                chunk = await anext(stream, None)
            if chunk is None:
                return
            yield bytes(chunk)

    @contextlib.asynccontextmanager
    async def local(self, file: StoredFile) -> AsyncIterator[Path]:
        """A copy in the machine's folder for temporary files, gone when the context ends."""
        with tempfile.NamedTemporaryFile(prefix="rekindle-") as copy:
            async for chunk in self.read(file):
                await asyncio.to_thread(copy.write, chunk)
            await asyncio.to_thread(copy.flush)
            yield Path(copy.name)

    async def exists(self, file: StoredFile) -> bool:
        try:
            with self._troubles(missing=FileGone):
                await obstore.head_async(self._store, file.key)
        except FileGone:
            return False
        return True

    async def delete(self, file: StoredFile) -> None:
        with self._troubles(), contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, file.key)

    async def clear(self, organization_id: UUID) -> int:
        count = 0
        with self._troubles():
            async for listed in obstore.list(self._store, folder_of(organization_id)):
                for found in listed:
                    await obstore.delete_async(self._store, found["path"])
                    count += 1
        return count

    async def check(self) -> None:
        with self._troubles():
            await obstore.put_async(self._store, _PROBE, b"", use_multipart=False)
            await obstore.delete_async(self._store, _PROBE)

    @contextlib.contextmanager
    def _troubles(self, missing: type[Exception] | None = None) -> Iterator[None]:
        """Its own words stay the cause: they name addresses and quote answers."""
        try:
            yield
        except FileNotFoundError as error:
            raise (missing() if missing else StorageTrouble(f"There is no bucket {self._name}.")) from error
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise StorageTrouble(f"The bucket {self._name} refuses these keys.") from error
        except BaseError as error:
            raise StorageTrouble(f"The bucket {self._name} cannot be reached.") from error


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _until(given_up: asyncio.Event, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces; breaks as soon as it is given up, also while it waits for one."""
    ending = asyncio.create_task(given_up.wait())
    try:
        while True:
            coming = asyncio.ensure_future(anext(pieces, b""))
            await asyncio.wait({coming, ending}, return_when=asyncio.FIRST_COMPLETED)
            if ending.done():
                coming.cancel()
                raise _GivenUp
            if not (piece := await coming):
                return
            yield piece
    finally:
        ending.cancel()


class _GivenUp(Exception):
    """Ends an upload at the bucket once nobody waits for it."""


def _open(address: BucketAddress, patience: timedelta) -> S3Store:
    # Deletes one by one: not every bucket that speaks S3 knows how to delete many.
    config: dict[str, Any] = {"region": address.region, "disable_bulk_delete": True}
    if address.endpoint:
        config["endpoint"] = address.endpoint
    return S3Store(
        address.bucket,
        prefix=address.prefix or None,
        config=cast("S3Config", config),
        client_options={
            "allow_http": bool(address.endpoint and address.endpoint.startswith("http://")),
            "connect_timeout": min(patience, timedelta(seconds=5)),
            "read_timeout": patience,
            "timeout": timedelta(minutes=10),
        },
        retry_config={"max_retries": 3, "retry_timeout": patience},
        credential_provider=_keys(address),
    )


def _keys(address: BucketAddress) -> "S3CredentialProvider | None":
    """Given whole, so that no session token of the machine's environment is taken for part of them."""
    if not address.key_id or not address.secret:
        return None
    given: S3Credential = {"access_key_id": address.key_id, "secret_access_key": address.secret, "expires_at": None}
    return lambda: given
