"""`rekindle import`: a file of people into a dataset, looked at first, with a bar that shows how far it is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from actions.datasets import create_dataset
from actions.finding import find_added
from actions.imports import Orders, begin_import, create_import, describe_import, find_dataset, take_file
from cli.compose import open_database, open_files
from cli.operate import find_organization, migrate
from cli.settings import Settings
from db.database import Database
from db.session import Row
from domain.datasets import DuplicatePolicy, LawfulBasis
from domain.importing import ENDED, UNDER_WAY, ImportStatus, RowOutcome
from domain.imports.fields import Field
from domain.people import Actor
from domain.refusals import Refusal, RefusalCode
from gateways.storage.files import CHUNK, Shelf, Storage, StoredFile
from web.outcomes import outcome_lines
from workers.importing import Importer

_LOOK_SECONDS = 0.2
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be imported, and how."""

    path: Path
    organization: str
    dataset: str
    columns: Mapping[str, str]
    policy: DuplicatePolicy | None = None
    basis: LawfulBasis | None = None
    required: frozenset[Field] = frozenset()
    rehearse: bool = False
    is_sure: bool = False
    outcome: Path | None = None


async def import_file(settings: Settings, url: str, wish: Wish) -> bool:
    """Whether it came to its end."""
    await migrate(settings, url)
    async with open_database(settings, url) as database, open_files(settings) as storage:
        actor = Actor(await find_organization(database, wish.organization))
        errand = _Errand(database, storage, actor, wish, Console())
        return await errand.run()


@dataclass(slots=True)
class _Errand:
    database: Database
    storage: Storage
    actor: Actor
    wish: Wish
    console: Console

    async def run(self) -> bool:
        import_id = await self._upload()
        found = await self._worked_off(import_id, "Reading")
        if found["status"] != ImportStatus.MAPPING:
            self.console.print(f"[red]{found['problem']}")
            return False
        mapping = {row["header"]: self.wish.columns.get(row["header"], row["target"]) for row in found["columns"]}
        self._show_columns(found, mapping)
        if not (self.wish.is_sure or self.wish.rehearse or typer.confirm("Import it so?")):
            return False
        return await self._import(import_id, mapping)

    async def _import(self, import_id: UUID, mapping: Mapping[str, str]) -> bool:
        orders = Orders(mapping, self.wish.policy, self.wish.required or None)
        async with self.database.work(self.actor) as session:
            await begin_import(session, import_id, orders, rehearse=self.wish.rehearse)
        found = await self._worked_off(import_id, "Rehearsing" if self.wish.rehearse else "Importing")
        self._show_counts(found)
        if self.wish.outcome:
            with self.wish.outcome.open("wb") as file:
                async for piece in outcome_lines(self.database, self.storage, self.actor.organization_id, import_id):
                    file.write(piece)
            self.console.print(f"What became of each row: {self.wish.outcome}")
        return found["status"] in (ImportStatus.COMPLETED, ImportStatus.MAPPING)

    async def _upload(self) -> UUID:
        async with self.database.work(self.actor) as session:
            dataset = await find_dataset(session, self.wish.dataset)
            dataset = dataset or await create_dataset(
                session, {"name": self.wish.dataset, "lawful_basis": self.wish.basis}
            )
            import_id = await create_import(session, dataset, self.wish.path.name, self.wish.policy)
        file = StoredFile(self.actor.organization_id, Shelf.UPLOADS, import_id)
        size = await self.storage.put(file, _pieces(self.wish.path), self.wish.path.stat().st_size)
        async with self.database.work(self.actor) as session:
            return await take_file(session, import_id, size)

    async def _worked_off(self, import_id: UUID, words: str) -> Row:
        """Works on it here, unless a server does already, and shows how far it is."""
        working = asyncio.create_task(self._work())
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        try:
            with Progress(*columns, console=self.console) as progress:
                bar = progress.add_task(words, total=None)
                while True:
                    found = await self._look(import_id)
                    progress.update(bar, total=found["total_rows"], completed=found["done_rows"])
                    if found["status"] not in UNDER_WAY:
                        await self._find()
                        return found
                    await asyncio.sleep(_LOOK_SECONDS)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _find(self) -> None:
        """Whoever has come is found by their words before this ends, though no server may be running."""
        is_there_more = True
        while is_there_more:
            async with self.database.work(self.actor) as session:
                is_there_more = await find_added(session)

    async def _work(self) -> None:
        while True:
            if not await Importer(self.database, self.storage).take_import(self.actor.organization_id):
                await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self, import_id: UUID) -> Row:
        async with self.database.work(self.actor) as session:
            return await describe_import(session, import_id)

    def _show_columns(self, found: Row, mapping: Mapping[str, str]) -> None:
        how = ", ".join(str(part) for part in (found["file_kind"], found["encoding"], found["sheet"]) if part)
        table = Table("column", "becomes", "sure", "values", title=f"{found['total_rows']} rows ({how})")
        for row in found["columns"]:
            is_said = row["header"] in self.wish.columns
            sure = "as you say" if is_said else f"{row['confidence']:.0%}"
            style = "" if is_said or row["confidence"] >= _SURE else "yellow"
            table.add_row(row["header"], mapping[row["header"]], sure, ", ".join(row["samples"][:3]), style=style)
        self.console.print(table)

    def _show_counts(self, found: Row) -> None:
        table = Table("outcome", "rows")
        for outcome in RowOutcome:
            table.add_row(outcome.lower(), str(found[f"{outcome.lower()}_count"]))
        self.console.print(table)
        if found["status"] in ENDED and found["problem"]:
            self.console.print(f"[red]{found['problem']}")


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise Refusal(RefusalCode.BAD_INPUT, f"{path} cannot be read: {error.strerror}.") from None
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
