"""The `rekindle` command."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from actions.founding import Founding
from cli import operate
from cli.doctor import examine
from cli.importing import Wish, import_file
from cli.logs import set_up_logs
from cli.reseal import reseal as reseal_everything
from cli.serve import serve_forever, work_forever
from cli.settings import Settings, SettingsError, read_settings
from db.embedded.errors import EmbeddedPostgresError
from db.embedded.server import EmbeddedPostgres
from db.migrate import MigrationError
from domain.datasets import DuplicatePolicy, LawfulBasis
from domain.imports.fields import Field
from domain.people import Permission, Person, Plan
from domain.refusals import Refusal
from domain.troubles import Trouble

app = typer.Typer(help="Rekindle: the server behind a live sales inbox.", no_args_is_help=True, add_completion=False)
console = Console(stderr=True, highlight=False)

_EXPECTED = (SettingsError, EmbeddedPostgresError, MigrationError, Refusal, Trouble)


@contextmanager
def _ready(**given: object) -> Iterator[tuple[Settings, str]]:
    """The settings and a database: the given one, or an embedded one that ends with this process."""
    try:
        settings = read_settings(**given)
        set_up_logs(settings.log_format)
        if settings.database_url:
            yield settings, settings.database_url
            return
        with EmbeddedPostgres.start(settings.data_dir) as server:
            yield settings, server.url
    except _EXPECTED as problem:
        console.print(f"[red]{problem}[/red]", soft_wrap=True)
        raise typer.Exit(1) from None


@app.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Seed two organizations and let their leads answer.")] = False,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
) -> None:
    """Serve the API, and do the background work beside it."""
    with _ready(host=host, port=port) as (settings, url):
        uvloop.run(serve_forever(settings, url, demo=demo))


@app.command()
def work() -> None:
    """Do the background work alone."""
    with _ready() as (settings, url):
        uvloop.run(work_forever(settings, url))


@app.command()
def migrate(to: Annotated[int | None, typer.Option(help="The version to go to, up or down.")] = None) -> None:
    """Bring the database to a version; the newest by default."""
    with _ready() as (settings, url):
        done = uvloop.run(operate.migrate(settings, url, to))
        typer.echo("\n".join(done) or "Nothing to do: the database is up to date.")


@app.command()
def organization(
    slug: Annotated[str, typer.Option(help="Its name in addresses: lower-case letters, digits and hyphens.")],
    name: Annotated[str, typer.Option(help="What it is called.")],
    owner: Annotated[str, typer.Option(help="The name of its owner.")],
    email: Annotated[str, typer.Option(help="The owner's e-mail address.")],
    country: Annotated[str, typer.Option(help="ISO 3166 code.")] = "GB",
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Europe/London",
    issuer: Annotated[str | None, typer.Option(help="Where the owner signs in; else by `rekindle token`.")] = None,
    subject: Annotated[str | None, typer.Option(help="Who the owner is there: the `sub` of their tokens.")] = None,
) -> None:
    """Begin an organization, with its first owner."""
    with _ready() as (settings, url):
        person = Person(issuer or settings.jwt_issuer, subject or email, email.lower(), owner)
        uvloop.run(operate.found(settings, url, Founding(slug, name, country, time_zone), person))
        typer.echo(f"{name} is there. For a token: rekindle token --organization {slug} --email {email}")


@app.command()
def plan(
    organization: Annotated[str, typer.Option(help="The organization's slug.")],
    plan: Annotated[Plan, typer.Option(help="What it pays for.")],
    trial_ends: Annotated[datetime | None, typer.Option(help="When its trial ends (UTC); else there is none.")] = None,
) -> None:
    """Say what an organization pays for, and until when it is on trial."""
    ends = trial_ends.replace(tzinfo=UTC) if trial_ends else None
    with _ready() as (settings, url):
        uvloop.run(operate.set_plan(settings, url, organization, plan, ends))


@app.command()
def token(
    organization: Annotated[str, typer.Option(help="The organization's slug.")],
    email: Annotated[str, typer.Option(help="The member's e-mail address there.")],
    hours: Annotated[int, typer.Option(min=1, max=24 * 365, help="How long it is good for.")] = 12,
) -> None:
    """Print a bearer token for a member."""
    with _ready() as (settings, url):
        typer.echo(uvloop.run(operate.mint_token(settings, url, organization, email, hours)))


@app.command()
def key(
    organization: Annotated[str, typer.Option(help="The organization's slug.")],
    name: Annotated[str, typer.Option(help="What the key is for.")],
    permission: Annotated[list[Permission], typer.Option(help="What it may do; give it once per permission.")],
) -> None:
    """Make an API key for a program, and print it: it is shown this once."""
    with _ready() as (settings, url):
        typer.echo(uvloop.run(operate.make_key(settings, url, organization, name, frozenset(permission))))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX or XLS.", exists=True, dir_okay=False)],
    organization: Annotated[str, typer.Option(help="The organization's slug.")],
    dataset: Annotated[str, typer.Option(help="The dataset its people go into; made where there is none.")],
    column: Annotated[list[str] | None, typer.Option(help="HEADER=FIELD, for what was taken wrongly.")] = None,
    policy: Annotated[DuplicatePolicy | None, typer.Option(help="What happens to who is there already.")] = None,
    basis: Annotated[LawfulBasis | None, typer.Option(help="Why they may be written to, of a new dataset.")] = None,
    require: Annotated[list[Field] | None, typer.Option(help="Fields without which a row makes nobody.")] = None,
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Count what would become of rows; do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    outcome: Annotated[Path | None, typer.Option(help="Where to write what became of each row, as CSV.")] = None,
) -> None:
    """Bring a file of people into a dataset."""
    said = dict(one.rpartition("=")[::2] for one in column or ())
    wish = Wish(file, organization, dataset, said, policy, basis, frozenset(require or ()), rehearse, yes, outcome)
    with _ready() as (settings, url):
        if not uvloop.run(import_file(settings, url, wish)):
            raise typer.Exit(1)


@app.command()
def reseal() -> None:
    """Seal everything that is under older keys with the first of REKINDLE_SEALING_KEYS, while others read."""
    with _ready() as (settings, url):
        if not uvloop.run(reseal_everything(settings, url, typer.echo)):
            raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say what is well, what is not, and what to do."""
    with _ready() as (settings, url):
        if not uvloop.run(examine(settings, url)):
            raise typer.Exit(1)
