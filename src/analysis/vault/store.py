"""Submissions in, their rows out: one encrypted file, one writer, whole transactions.

Rows are zstd Parquet, and with originals and quarantined cells encrypted once more to a
key of each submission (`vault.submission_keys`); originals also to the intake ring.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from analysis.contracts.partner.store import ArrowTable, Incoming, Submission
from analysis.errors import VaultError
from analysis.vault import (
    audit,
    database,
    guard,
    lock,
    named,
    rows,
    schema,
    submission_keys,
    submissions,
)
from analysis.vault.audit import Clock, Entry, Fact, utc_now
from analysis.vault.keys import IntakeKeys, StoreKey
from analysis.vault.named import Version
from analysis.vault.session import Session

FILE = "store.db"


@contextmanager
def reading(folder: Path, key: StoreKey) -> Iterator[Store]:
    """Open the store as it is now; what others write meanwhile is not seen.

    Parameters
    ----------
    folder : Path
        Folder of the store.
    key : StoreKey
        From `vault.keys.open_store_key`.

    Raises
    ------
    VaultError
        If there is no store, the key is wrong, or the file damaged or of a newer version.
    """
    require_here(folder, key)
    while True:
        with lock.reader(folder), database.opened(folder / FILE, key.secrets) as connection:
            schema.require_known(connection, FILE)
            if schema.version(connection) == schema.VERSION:
                connection.execute("PRAGMA query_only = ON")
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM meta").fetchone()  # the view begins here
                with submission_keys.opened(key) as keys:
                    yield Store(Session(connection, keys, key))
                return
        with writing(folder, key):  # it brings an older store up
            pass


@contextmanager
def writing(folder: Path, key: StoreKey, *, clock: Clock = utc_now) -> Iterator[Store]:
    """Open the store, or make one, as its one writer.

    All that happens in the block is one transaction: kept when it ends, forgotten when
    it raises or the process dies.

    Parameters
    ----------
    folder : Path
        Folder of the store, made if it is not there.
    key : StoreKey
        From `vault.keys.open_store_key`.
    clock : callable
        Tells the time that the log notes.

    Raises
    ------
    VaultError
        If another process writes, the key is wrong, or the file damaged or newer.
    """
    guard.require_apart(key.folder, folder)
    with lock.writer(folder), session(folder, key, clock) as found, transaction(found):
        yield Store(found)


@contextmanager
def session(folder: Path, key: StoreKey, clock: Clock = utc_now) -> Iterator[Session]:
    """Open the file and the keys for whoever holds the writer's lock; make them if need be."""
    if not exists(folder):
        _make(folder, key, clock)
    database.clear(database.beside(folder / FILE))  # of one that was killed
    with (
        database.opened(folder / FILE, key.secrets) as connection,
        submission_keys.opened(key) as keys,
    ):
        schema.require_known(connection, FILE)
        yield Session(connection, keys, key, clock)


@contextmanager
def transaction(found: Session) -> Iterator[None]:
    """Keep the block whole or not at all: keys first, then the store, then the anchor.

    Killed between the first two, a key is left that nothing needs; between the last two,
    the keys know of fewer entries than there are. Neither does harm.
    """
    with submission_keys.transaction(found.connection):
        before, after = schema.bring_up(found.connection)
        if before < after:
            found.log("migrated", {"before": before, "after": after})
        yield
        found.keys.keep()
    found.anchor()


def exists(folder: Path) -> bool:
    """Say whether there is a store in a folder."""
    return (folder / FILE).is_file()


def require_here(folder: Path, key: StoreKey) -> None:
    """Refuse a folder without a store, one that others can read, or one beside its keys.

    Raises
    ------
    VaultError
        If it is any of these.
    """
    if not exists(folder):
        raise VaultError(
            f"{folder.name}: there is no store here yet; nobody has submitted anything. "
            "See workbench submit --help."
        )
    guard.require_apart(key.folder, folder)
    guard.require_private(folder)


class Store:
    """An open store. Get one from `reading` or `writing`; it ends with their block."""

    def __init__(self, found: Session) -> None:
        self.session = found

    def put(self, incoming: Sequence[Incoming]) -> tuple[Submission, ...]:
        """Keep what intake hands over; what is here already is left as it is.

        An accepted submission supersedes all earlier versions of its form and period.

        Parameters
        ----------
        incoming : sequence of Incoming
            Held (without rows) or accepted.

        Returns
        -------
        tuple of Submission
            As they stand in the store, in the order given.

        Raises
        ------
        VaultError
            If the keys were rotated since they were opened, a later version of the same form
            and period is here, or a file is larger than 999 MB.
        """
        submissions.require_layers(self.session)
        return tuple(submissions.put(self.session, one) for one in incoming)

    def replace(self, incoming: Incoming) -> Submission:
        """Put another state, rows, questions and cells aside in place of a held submission's.

        Parameters
        ----------
        incoming : Incoming
            With the id of a submission that is held; its original stays as it is.

        Raises
        ------
        VaultError
            If no such submission is held, or as `put` does.
        """
        submissions.require_layers(self.session)
        return submissions.replace(self.session, incoming)

    def submissions(self) -> tuple[Submission, ...]:
        """Return every submission in the order received, whatever its state."""
        return submissions.every(self.session)

    def submission(self, id_: str) -> Submission:
        """Return one submission; `VaultError` where there is none of that id."""
        return submissions.get(self.session, id_)

    def rows(self, form: str) -> ArrowTable:
        """Return the rows of all accepted submissions of a form.

        Returns
        -------
        pyarrow.Table
            The columns of `META`, then each field that any of them holds; null in the rows
            of those that do not hold it. Without rows where nobody sent the form.
        """
        counted = [one for one in self.submissions() if (one.form, one.state) == (form, "accepted")]
        return rows.united(submissions.rows_of(self.session, one) for one in counted)

    def rows_of(self, id_: str) -> ArrowTable:
        """Return the rows of one accepted or superseded submission."""
        return submissions.rows_of(self.session, self.submission(id_))

    def original(self, id_: str, keys: IntakeKeys) -> bytes:
        """Return the bytes that were received.

        Raises
        ------
        VaultError
            If retention removed them, or the keys do not open them.
        """
        return submissions.opened(self.session, id_, "original", keys)

    def aside(self, id_: str, keys: IntakeKeys) -> bytes:
        """Return the cells of quarantined rows as CSV; nothing where no row is aside."""
        if submissions.find_blob(self.session, id_, "aside") is None:
            return b""
        return submissions.opened(self.session, id_, "aside", keys)

    def put_named(self, name: str, content: bytes) -> None:
        """Keep a new version of a named blob, unless the newest is the same.

        Tokens may stand in it only in Parquet columns that the file's metadata names
        (`vault.tokens.TOKEN_COLUMNS`): rotation covers those, and retention drops their lines
        when what they name is deleted.

        Raises
        ------
        ValueError
            If tokens stand elsewhere.
        """
        named.put(self.session, name, content)

    def named(self, name: str, version: int | None = None) -> bytes | None:
        """Return the newest version of a named blob, or the one asked for; None without one."""
        return named.get(self.session, name, version)

    def history(self, name: str | None = None) -> tuple[Version, ...]:
        """Return every version of a named blob, or of all, oldest first."""
        return named.history(self.session, name)

    def log(self, action: str, **facts: Fact) -> None:
        """Add an entry to the log.

        Parameters
        ----------
        action : str
            What was done: a code in small letters.
        **facts
            Counts, ids, hashes, days and codes; see `vault.audit.require_bare`.

        Raises
        ------
        ValueError
            If a fact could be a personal value.
        """
        self.session.log(action, facts)

    def audit(self) -> tuple[Entry, ...]:
        """Return the whole log, oldest entry first."""
        return audit.entries(self.session.connection)

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that results can rest on.

        It changes with the accepted rows and the newest named blobs, and with nothing else.
        """
        lines = self.session.connection.execute(
            "SELECT 'rows', s.id, b.plain_sha256 FROM submissions s JOIN blobs b "
            "ON b.submission = s.id AND b.kind = 'rows' WHERE s.state = 'accepted' "
            "UNION ALL SELECT 'named', name, plain_sha256 FROM named n WHERE removed_on = '' "
            "AND version = (SELECT max(version) FROM named m WHERE m.name = n.name) ORDER BY 1, 2"
        )
        return sha256("\n".join("\t".join(line) for line in lines).encode()).hexdigest()


def _make(folder: Path, key: StoreKey, clock: Clock) -> None:
    """Make an empty store beside its place, and put it there when it is whole."""
    submission_keys.create(key)
    with (
        database.made_whole(folder / FILE) as new,
        database.opened(new, key.secrets[:1]) as connection,
    ):
        with submission_keys.transaction(connection):
            schema.fill_new(connection, made_on=clock().date().isoformat())
        connection.execute("PRAGMA journal_mode = WAL")
