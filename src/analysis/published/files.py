"""A path in, a table of text out: each file read once and told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis.contracts.tables import TableContract
from analysis.errors import DataError
from analysis.places import Places

ENCODING = "utf-8-sig"
"""UTF-8; the mark that Excel puts in front is accepted and dropped."""

Listener = Callable[[Path], None]


class Shelf:
    """The files of one record: read when asked for, announced when read, never written."""

    def __init__(self, places: Places, on_read: Listener | None = None) -> None:
        self.places = places
        self._on_read = on_read
        self._tables: dict[Path, pd.DataFrame] = {}

    def country_file(self, name: str, country: str) -> Path:
        """Return where a country's table lies, whether or not it is there."""
        return self.places.published / "countries" / country / f"{name}.csv"

    def countries(self) -> tuple[str, ...]:
        """Return the countries that submitted a folder, in alphabetical order."""
        folder = self.places.published / "countries"
        self.announce(folder)
        found = folder.iterdir() if folder.is_dir() else iter(())
        return tuple(sorted(entry.name for entry in found if entry.is_dir()))

    def read(self, path: Path, contract: TableContract) -> pd.DataFrame:
        """Return the table in ``path``: every cell as text, the columns of ``contract`` at least.

        Raises
        ------
        DataError
            If the file is missing, is not UTF-8, is no CSV table or lacks a column.
        """
        if path not in self._tables:
            self.announce(path)
            self._tables[path] = _read(path, contract, self.shown(path))
        return self._tables[path].copy(deep=False)

    def announce(self, path: Path) -> None:
        """Tell that what is returned depends on ``path``, also where nothing lies there."""
        if self._on_read is not None:
            self._on_read(path)

    def was_read(self, path: Path) -> bool:
        """Whether the file was read through this shelf."""
        return path in self._tables

    def shown(self, path: Path) -> str:
        """Write a path as messages show it, from the workbench's own folder."""
        home = self.places.home
        # A file name in a table may lead out of the workbench; a message does not follow it.
        return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.name


def records(table: pd.DataFrame) -> list[dict[str, str]]:
    """Turn a table of text into one dictionary a line."""
    if table.empty:
        return []
    # Column by column: several times faster than asking a frame for its lines.
    names = [str(name) for name in table.columns]
    columns = [table[name].tolist() for name in names]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _read(path: Path, contract: TableContract, shown: str) -> pd.DataFrame:
    try:
        stat = path.stat()
        table = _parsed(path, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError as error:
        raise DataError(
            f"{shown}: the file is missing. Restore it, then: workbench data check"
        ) from error
    except OSError as error:
        raise DataError(
            f"{shown}: the file cannot be read ({error.strerror}). Allow reading, or restore it, "
            "then: workbench data check"
        ) from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(
            f"{shown}: the file is not a CSV table in UTF-8. "
            "See which rows and what to do: workbench data check"
        ) from error
    missing = [name for name in contract.columns if name not in table.columns]
    if missing:
        raise DataError(
            f"{shown}: the file has no column {', '.join(missing)}. "
            "Add it, empty where nothing is known, then: workbench data check"
        )
    return table


# Time and size are in the key, so that a file changed on disk is read anew.
@lru_cache(maxsize=64)
def _parsed(path: Path, changed_ns: int, size_bytes: int) -> pd.DataFrame:
    # Blank lines are kept, so that a row's place still gives its line in the file.
    table = pd.read_csv(
        path,
        dtype=str,
        keep_default_na=False,
        encoding=ENCODING,
        skip_blank_lines=False,
        index_col=False,
    )
    return table.fillna("")
