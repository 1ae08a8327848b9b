"""Is the server alive, and is it ready?"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from db.database import Database
from db.migrate import migrations
from domain.troubles import Trouble
from realtime.tail import Tail
from web.departure import Departure


@dataclass(frozen=True, slots=True)
class Health:
    database: Database
    tail: Tail
    is_relayed: Callable[[], bool] | None = None  # None where there is no Redis

    async def alive(self, request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "alive"})

    async def ready(self, request: Request) -> Response:
        """Database, migrations and feed are up, and the process stays; 503 names what is not so."""
        parts = {"database": False, "migrations": False, "feed": self.tail.is_fresh}
        parts["staying"] = not Departure.of(request.scope).is_near
        try:
            applied = {row["version"] for row in await self.database.look_up("applied_migrations")}
            parts["database"] = True
            parts["migrations"] = applied == {migration.version for migration in migrations()}
        except Trouble:
            parts["feed"] = False
        ready = all(parts.values())
        # Told, but nothing hangs on it: without Redis the feed reads the table every second.
        relayed = {"relayed": self.is_relayed()} if self.is_relayed else {}
        return JSONResponse({"status": "ready" if ready else "not ready", **parts, **relayed}, 200 if ready else 503)
