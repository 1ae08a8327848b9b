"""A bucket on loopback that speaks S3 and believes nobody: it computes every signature itself, and has its bad days."""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import AsyncIterator
from enum import Enum, auto
from urllib.parse import unquote
from xml.sax.saxutils import escape

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cli.demo.door import Door
from tests.play.signature import find_fault


class Mood(Enum):
    """How the bucket answers today."""

    WELL = auto()
    FAILING = auto()
    SILENT = auto()  # takes the question and says nothing until its mood changes


class Bucket:
    """`objects` is what everybody who may look can see; `parts` is what has come of uploads that are not complete."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.refused: list[str] = []
        self.asked = 0
        self._mood = Mood.WELL
        self._changed = asyncio.Event()
        self._door = Door(self)

    @property
    def endpoint(self) -> str:
        return self._door.base_url

    def feel(self, mood: Mood) -> None:
        self._mood = mood
        self._changed.set()
        self._changed = asyncio.Event()

    async def open(self) -> None:
        await self._door.open()

    async def shut(self) -> None:
        self.feel(Mood.WELL)
        await self._door.shut()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with contextlib.suppress(ClientDisconnect):
            body = await request.body()
            self.asked += 1
            if self._mood is Mood.SILENT:
                await self._changed.wait()
            await self._respond(request, body)(scope, receive, send)

    def _respond(self, request: Request, body: bytes) -> Response:
        if self._mood is Mood.FAILING:
            return _error(503, "SlowDown")
        if fault := find_fault(request, body):
            self.refused.append(fault)
            return _error(403, "SignatureDoesNotMatch")
        bucket, _, key = unquote(request.scope["raw_path"].decode()).lstrip("/").partition("/")
        if bucket != self.name:
            return _error(404, "NoSuchBucket")
        if not key:
            return self._list(request.query_params.get("prefix", ""))
        return (
            self._multipart(request, key, body)
            if "upload" in str(request.url.query)
            else self._plain(request.method, key, body)
        )

    def _plain(self, method: str, key: str, body: bytes) -> Response:
        if method == "PUT":
            self.objects[key] = body
            return Response(headers={"ETag": _etag(body)})
        if method == "DELETE":
            self.objects.pop(key, None)
            return Response(status_code=204)
        if key not in self.objects:
            return _error(404, "NoSuchKey")
        found = self.objects[key]
        modified = "Wed, 21 Oct 2015 07:28:00 GMT"
        return Response(found, headers={"ETag": _etag(found), "Last-Modified": modified})

    def _multipart(self, request: Request, key: str, body: bytes) -> Response:
        asked = request.query_params
        if request.method == "POST" and "uploads" in asked:
            upload = f"upload-{self.asked}"
            self.parts[upload] = {}
            return Response(
                f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            )
        upload = asked["uploadId"]
        if upload not in self.parts:
            return _error(404, "NoSuchUpload")
        if request.method == "PUT":
            self.parts[upload][int(asked["partNumber"])] = body
            return Response(headers={"ETag": _etag(body)})
        parts = self.parts.pop(upload)
        if request.method == "DELETE":
            return Response(status_code=204)
        wanted = [int(number) for number in re.findall(r"<PartNumber>(\d+)</PartNumber>", body.decode())]
        self.objects[key] = b"".join(parts[number] for number in wanted)
        return Response("<CompleteMultipartUploadResult><ETag>&quot;x&quot;</ETag></CompleteMultipartUploadResult>")

    def _list(self, prefix: str) -> Response:
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size>"
            f"<LastModified>2015-10-21T07:28:00.000Z</LastModified><ETag>{_etag(body)}</ETag></Contents>"
            for key, body in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return Response(f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>")


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _error(status: int, code: str) -> Response:
    return Response(f"<Error><Code>{code}</Code><Message>{code}</Message></Error>", status)


@contextlib.asynccontextmanager
async def open_bucket(name: str = "files") -> AsyncIterator[Bucket]:
    bucket = Bucket(name)
    await bucket.open()
    try:
        yield bucket
    finally:
        await bucket.shut()
