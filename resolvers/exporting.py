"""Exports: lists written down as files, and where to download them."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.exporting import cancel_export, create_export, link_export
from db.exporting import EXPORTS
from db.session import Session
from domain.ids import read_id
from domain.links import Purpose
from resolvers.answers import What, Work, given, making, many, one, plain
from resolvers.context import Context
from resolvers.imports import LinkResult
from schema.exporting import Export, ExportedList
from schema.imports import DownloadLink
from schema.paging import Connection
from schema.refusals import Refused

Info = strawberry.Info[Context, None]
_TO_DOWNLOAD = timedelta(minutes=15)


@strawberry.type
class ExportsQuery:
    exports: Connection[Export] = many(EXPORTS, "Lists written down as files, the newest first. Needs INBOX_READ.")
    export: Export | None = one(
        EXPORTS, "One of them; null when there is none with this id in your sight. Needs INBOX_READ."
    )


@strawberry.input(description="What is to be written down.")
class CreateExportInput:
    list: ExportedList = strawberry.field(description="Which list, and which of its rows.")
    columns: "list[str] | None" = strawberry.field(
        default=strawberry.UNSET,
        description="Which columns, in which order, like firstName or owner.name; all where nothing is said.",
    )


@strawberry.input(description="Which export is meant.")
class ExportInput:
    export_id: strawberry.ID = strawberry.field(description="Which.")


ExportResult = Annotated[
    Export | Refused, strawberry.union("ExportResult", description="The export, or why nothing was changed.")
]


@strawberry.type
class ExportsMutation:
    @strawberry.mutation(
        description="Has a list written down as CSV in the background, as far as you see it. What reading it needs, "
        "this needs as well. Needs INBOX_READ."
    )
    def create_export(self, input: Annotated[CreateExportInput, What]) -> ExportResult:
        [(name, filter)] = plain(input.list).items()
        columns = given(input.columns) or []
        return making(EXPORTS, lambda session: create_export(session, name, filter, columns))

    @strawberry.mutation(description="Goes no further, and leaves no file. Needs INBOX_READ.")
    def cancel_export(self, input: Annotated[ExportInput, What]) -> ExportResult:
        return making(EXPORTS, lambda session: cancel_export(session, _export(input)))

    @strawberry.mutation(
        description="Where its file can be downloaded, for a quarter of an hour; the audit trail tells of it. "
        "Needs INBOX_READ."
    )
    def link_export(self, info: Info, input: Annotated[ExportInput, What]) -> LinkResult:
        async def run(session: Session) -> Any:
            found = await link_export(session, _export(input))
            organization = session.actor.organization_id
            link = info.context.links.make(Purpose.EXPORT, organization, found, _TO_DOWNLOAD)
            return DownloadLink(url=link.url, expires_at=link.expires_at)

        return Work(run)  # type: ignore[return-value]


def _export(input: ExportInput) -> UUID:
    return read_id("export", input.export_id, "exportId")
