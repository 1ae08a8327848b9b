"""Files on their way in and out, by links that open one thing for a while."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from actions.imports import check_awaits_file, take_file
from db.database import Database
from domain.ids import show_id
from domain.links import Links, Purpose
from domain.people import Actor
from domain.refusals import Refusal, RefusalCode
from domain.troubles import Trouble
from gateways.storage.files import CHUNK, FileTooLarge, Shelf, Storage, StoredFile
from web.outcomes import outcome_lines

_STATUS = {RefusalCode.NOT_FOUND: 404, RefusalCode.CONFLICT: 409}
_GONE = "This link was not made here, or has ended: ask for another."


@dataclass(frozen=True, slots=True)
class Transfers:
    database: Database
    storage: Storage
    links: Links
    largest_bytes: int

    async def upload(self, request: Request) -> Response:
        """`PUT` or `POST /uploads/{token}`: the file of an import. It counts when all of it has arrived."""
        opened = self.links.read(Purpose.UPLOAD, request.path_params["token"])
        if opened is None:
            return _said(403, _GONE)
        try:
            size = await self._take(request, *opened)
        except FileTooLarge as refusal:
            return _said(413, refusal.message)
        except Refusal as refusal:
            return _said(_STATUS.get(refusal.code, 400), refusal.message)
        except Trouble as trouble:
            return _said(503, str(trouble))
        except ClientDisconnect:
            return _said(400, "The upload broke off: send it again.")
        return JSONResponse({"importId": show_id("import", opened[1]), "sizeBytes": size})

    async def _take(self, request: Request, organization_id: UUID, import_id: UUID) -> int:
        actor, file = Actor(organization_id), StoredFile(organization_id, Shelf.UPLOADS, import_id)
        async with self.database.work(actor) as session:
            await check_awaits_file(session, import_id)
        size = await self.storage.put(file, self._content(request), self.largest_bytes)
        async with self.database.work(actor) as session:
            await take_file(session, import_id, size)
        return size

    async def _content(self, request: Request) -> AsyncIterator[bytes]:
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            async for chunk in request.stream():
                yield chunk
            return
        announced = int(request.headers.get("content-length") or 0)
        if not 0 < announced <= self.largest_bytes + CHUNK:  # a form is kept aside before it is read
            raise FileTooLarge(self.largest_bytes)
        async with request.form(max_files=1, max_fields=10) as form:
            file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
            if file is None:
                raise Refusal(RefusalCode.BAD_INPUT, "The form has no file in it.", "file")
            while chunk := await file.read(CHUNK):
                yield chunk

    async def outcome(self, request: Request) -> Response:
        """`GET /outcomes/{token}`: what became of each row, as CSV."""
        opened = self.links.read(Purpose.OUTCOME, request.path_params["token"])
        if opened is None:
            return _said(403, _GONE)
        lines = outcome_lines(self.database, self.storage, *opened)
        try:
            first = await anext(lines)
        except Refusal as refusal:
            return _said(_STATUS.get(refusal.code, 400), refusal.message)
        headers = {"Content-Disposition": 'attachment; filename="import.csv"', "Cache-Control": "no-store"}
        return StreamingResponse(_with(first, lines), media_type="text/csv; charset=utf-8", headers=headers)


async def _with(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _said(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status)
