"""Files in a folder and in a bucket, by one contract: whole or not at all, and apart by organization (S1.19)."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.requests import Request

from domain.ids import new_id
from domain.refusals import RefusalCode
from gateways.storage.bucket import Bucket, BucketAddress
from gateways.storage.files import FileGone, FileTooLarge, Shelf, Storage, StorageTrouble, StoredFile
from gateways.storage.folder import Folder
from tests.play.bucket import Bucket as Loopback
from tests.play.bucket import Mood, open_bucket
from tests.play.signature import KEY_ID, REGION, SECRET, sign

MEGABYTE = 1024 * 1024
PART = 8 * MEGABYTE


class HangUp(Exception):
    """The caller is gone in the middle of an upload."""


@pytest.fixture
async def loopback(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Loopback]:
    """Beside somebody else's session on this machine, which is none of ours."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of somebody else")
    async with open_bucket() as opened:
        yield opened


def address(loopback: Loopback, **other: str) -> BucketAddress:
    given = {"bucket": loopback.name, "prefix": "some/where", "region": REGION, "endpoint": loopback.endpoint}
    return BucketAddress(**(given | {"key_id": KEY_ID, "secret": SECRET} | other))


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, loopback: Loopback) -> Iterator[Storage]:
    yield Folder(tmp_path / "files") if request.param == "folder" else Bucket(address(loopback))
    # Whichever it was: nothing half received is left behind, and no request was signed badly.
    assert list(tmp_path.glob("files/.arriving/*")) == []
    assert (loopback.parts, loopback.refused) == ({}, [])


def a_file(shelf: Shelf = Shelf.UPLOADS) -> StoredFile:
    return StoredFile(uuid4(), shelf, new_id())


async def stream(*chunks: bytes, then: type[Exception] | None = None) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if then:
        raise then


async def content(storage: Storage, file: StoredFile) -> bytes:
    return b"".join([chunk async for chunk in storage.read(file)])


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 20 * MEGABYTE])
async def test_what_is_put_is_read_byte_for_byte(storage: Storage, size: int) -> None:
    file = a_file()
    whole = hashlib.shake_128(b"seed").digest(size)
    chunks = [whole[start : start + 700_001] for start in range(0, size, 700_001)]
    assert not await storage.exists(file)
    assert await storage.put(file, stream(*chunks), size) == size
    assert await storage.exists(file)
    assert await content(storage, file) == whole
    async with storage.local(file) as path:
        assert path.read_bytes() == whole


async def test_no_piece_that_is_read_is_as_long_as_the_file(storage: Storage) -> None:
    file = a_file()
    await storage.put(file, stream(*[b"x" * MEGABYTE] * 32), 32 * MEGABYTE)
    assert max([len(chunk) async for chunk in storage.read(file)]) <= 16 * MEGABYTE


@pytest.mark.parametrize("size", [11, 9 * MEGABYTE])
async def test_a_byte_too_many_is_refused_and_leaves_what_was_there(storage: Storage, size: int) -> None:
    """Counted as it comes, because an announced length can lie."""
    new, old = a_file(), a_file()
    await storage.put(old, stream(b"before"), 10)
    for file in (new, old):
        with pytest.raises(FileTooLarge) as refused:
            await storage.put(file, stream(b"x" * (size - 1), b"x" * 2), size)
        assert refused.value.code is RefusalCode.BAD_INPUT
    assert not await storage.exists(new)
    assert await content(storage, old) == b"before"


@pytest.mark.parametrize("size", [10, 9 * MEGABYTE])
async def test_an_upload_that_breaks_leaves_nothing_visible(storage: Storage, size: int) -> None:
    new, old = a_file(), a_file()
    await storage.put(old, stream(b"before"), 10)
    for file in (new, old):
        with pytest.raises(HangUp):
            await storage.put(file, stream(b"x" * size, then=HangUp), 2 * size)
    assert not await storage.exists(new)
    assert await content(storage, old) == b"before"


async def test_an_upload_that_is_given_up_leaves_nothing_visible(storage: Storage) -> None:
    file, came = a_file(), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * PART
        came.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(storage.put(file, endless(), 100 * MEGABYTE))
    await came.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert not await storage.exists(file)


async def test_whoever_reads_while_another_writes_sees_one_or_the_other(storage: Storage) -> None:
    file = a_file()
    texts = [bytes([65 + number]) * MEGABYTE for number in range(8)]
    await storage.put(file, stream(texts[0]), MEGABYTE)

    async def write() -> None:
        for text in texts:
            await storage.put(file, stream(text[:5], text[5:]), MEGABYTE)

    writing = asyncio.create_task(write())
    while not writing.done():
        assert await content(storage, file) in texts
    await writing


async def test_what_is_not_there_is_told_and_is_deleted_already(storage: Storage) -> None:
    file = a_file()
    await storage.delete(file)
    with pytest.raises(FileGone) as gone:
        await content(storage, file)
    assert gone.value.code is RefusalCode.NOT_FOUND
    with pytest.raises(FileGone):
        async with storage.local(file):
            pass
    await storage.put(file, stream(b"x"), 1)
    await storage.delete(file)
    assert not await storage.exists(file)


async def test_an_organization_is_cleared_alone(storage: Storage) -> None:
    ours = uuid4()
    files = [StoredFile(ours, shelf, new_id()) for shelf in Shelf]
    strangers = [StoredFile(uuid4(), file.shelf, file.id) for file in files]
    for file in files + strangers:
        await storage.put(file, stream(b"x"), 1)
    assert await storage.clear(ours) == len(files)
    assert await storage.clear(ours) == 0
    assert [await storage.exists(file) for file in files + strangers] == [False] * 3 + [True] * 3


def test_a_name_begins_with_its_organization_and_leads_nowhere_else() -> None:
    file = a_file(Shelf.EXPORTS)
    assert file.key == f"{file.organization_id}/exports/{file.id}"


async def test_a_storage_that_can_be_used_says_nothing(storage: Storage, loopback: Loopback) -> None:
    await storage.check()
    assert loopback.objects == {}


async def test_a_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder, file = Folder(tmp_path / "files"), a_file()
    await folder.put(file, stream(b"x"), 1)
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (tmp_path / "files").rglob("*")}
    assert modes == {True: 0o700, False: 0o600}


async def test_what_killed_processes_left_is_swept_a_day_later(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    await folder.check()
    young, old = (tmp_path / ".arriving" / name for name in ("young", "old"))
    young.touch()
    old.touch()
    os.utime(old, (0, 0))
    assert await folder.sweep() == 1
    assert young.exists() and not old.exists()


async def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = Folder(tmp_path / "file" / "within")
    with pytest.raises(StorageTrouble, match="folder"):
        await folder.check()
    with pytest.raises(StorageTrouble):
        await folder.put(a_file(), stream(b"x"), 1)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"secret": "wrong"}, "files refuses these keys"),
        ({"key_id": "AKIDOTHER"}, "files refuses these keys"),
        ({"region": "eu-west-1"}, "files refuses these keys"),
        ({"bucket": "another"}, "no bucket another"),
    ],
)
async def test_a_bucket_that_is_not_ours_is_told(loopback: Loopback, other: dict[str, str], said: str) -> None:
    bucket = Bucket(address(loopback, **other))
    with pytest.raises(StorageTrouble, match=said):
        await bucket.check()
    with pytest.raises(StorageTrouble):
        await bucket.put(a_file(), stream(b"x"), 1)
    assert loopback.objects == {}


@pytest.mark.parametrize("mood", [Mood.FAILING, Mood.SILENT])
async def test_a_bad_day_of_the_bucket_is_a_trouble(loopback: Loopback, mood: Mood) -> None:
    bucket, file = Bucket(address(loopback), patience_seconds=0.5), a_file()
    await bucket.put(file, stream(b"x"), 1)
    loopback.feel(mood)
    for asked in (content(bucket, file), bucket.exists(file), bucket.delete(file), bucket.put(file, stream(b"y"), 1)):
        with pytest.raises(StorageTrouble, match="cannot be reached"):
            await asyncio.wait_for(asked, 10)
    loopback.feel(Mood.WELL)
    assert await content(bucket, file) in (b"x", b"y")


async def test_keys_are_kept_out_of_what_is_shown(loopback: Loopback) -> None:
    assert SECRET not in repr(address(loopback))


def test_the_loopback_signs_as_amazon_does() -> None:
    """The example of Amazon's own description, so that the bucket that checks us is checked by somebody else."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": empty,
        "x-amz-date": "20130524T000000Z",
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    asked = {
        "type": "http",
        "method": "GET",
        "raw_path": b"/test.txt",
        "path": "/test.txt",
        "query_string": b"",
        "headers": raw,
    }
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    made = sign(Request(asked), sorted(headers), secret, "us-east-1")
    assert made == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
