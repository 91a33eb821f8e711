"""Cells that tell who somebody is in, the tokens by which they meet out.

The spec, for this and for JavaScript, is the docstring of `analysis.vault.encoding`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from analysis.errors import VaultError
from analysis.vault.encoding import cells, keyed, making, normal
from analysis.vault.encoding.arrow import arrow
from analysis.vault.encoding.columns import BIRTH_YEAR, Which, columns, names

ArrowArray = Any
"""A `pyarrow.Array`, which has no type stubs."""

TOKEN_COLUMNS = b"workbench_token_columns"
"""Key of a Parquet file's metadata: names of the columns that hold tokens, between blanks."""

_TOKEN = re.compile("[0-9a-f]{32}")
_KEY = re.compile("[0-9a-f]{64}")


class TokenKeys(Protocol):
    """The keys that tokens need of the intake ring."""

    @property
    def sharing(self) -> bytes:
        """The key that senders hold too who make their tokens themselves (32 bytes)."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The centre's own chain, oldest first; each puts one layer over a token."""


class Tokens:
    """Makes tokens with the keys of the intake ring. Equal cells become equal tokens.

    Each different value is worked on once. Nothing here is kept after the object goes, and
    no error message holds a value.
    """

    def __init__(self, keys: TokenKeys) -> None:
        self._sharing = keys.sharing
        self._chain = keys.chain
        self._sketcher = keyed.Sketcher(self._sharing)
        self._sketch_layer = keyed.SketchLayer(self._chain)
        self._mark = cells.mark(self._sharing)

    def references(self, namespace: str, organisation: str, values: Any) -> ArrowArray:
        """Return the token of each of a sender's own numbers (null where the cell is empty).

        Parameters
        ----------
        namespace : str
            What is numbered: the ``of`` of the field (``person``, ``case``, ``accused``).
        organisation : str
            The sender: equal numbers of two senders have different tokens.
        values : sequence of str or None, or a pyarrow array
        """
        within = f"reference/{namespace}/{organisation}"

        def made(unique: list[str]) -> dict[str, list[Any]]:
            plain = [normal.reference(value) for value in unique]
            known = [value for value in plain if value]
            tokens = iter(self._tokens(within, known))
            return {"token": [next(tokens) if value else None for value in plain]}

        return _by_unique(values, made, {"token": columns("cpr")["cpr_exact"]})["token"]

    def identities(self, which: Which, values: Any) -> dict[str, ArrowArray]:
        """Return the token columns of one identity, as `encoding.columns` names them.

        Null in every column where nothing is known: an empty cell, a word for *unknown*, or
        what `unreadable` tells of. Birth dates are given as ``YYYY-MM-DD`` or as dates.
        """
        return _by_unique(values, lambda unique: self._centre(which, unique), columns(which))

    def inner(self, which: Which, values: Any) -> dict[str, ArrowArray]:
        """Return the same columns under the sharing key alone: what a sender can make."""
        return _by_unique(
            values, lambda unique: making.inner(which, unique, self._sharing, self._sketcher),
            columns(which),
        )  # fmt: skip

    def faults(self, which: Which, values: Any) -> dict[cells.Fault, tuple[int, ...]]:
        """Return the positions (from 0) of cells that are no tokens of this identity and key."""
        found: dict[cells.Fault, list[int]] = {}
        for at, cell in enumerate(_listed(values)):
            fault = cells.fault(which, self._mark, cell) if cell and cell.strip() else None
            if fault:
                found.setdefault(fault, []).append(at)
        return {fault: tuple(places) for fault, places in found.items()}

    def from_sender(self, which: Which, values: Any) -> dict[str, ArrowArray]:
        """Return the token columns of cells that the sender made with ``workbench encode``.

        Raises
        ------
        VaultError
            If a cell is no such token. Ask `faults` first, which says where.
        """
        faults = self.faults(which, values)
        if faults:
            count = sum(len(places) for places in faults.values())
            raise VaultError(
                f"{which}: {count} cells hold no tokens of this identity and this sharing key. "
                "Make them with workbench encode or the offline page, and send the file again."
            )

        def made(unique: list[str]) -> dict[str, list[Any]]:
            inner = cells.unpacked(which, unique)
            return self._layered(which, inner)

        return _by_unique(values, made, columns(which))

    def _tokens(self, namespace: str, values: Iterable[str]) -> list[str]:
        inner = keyed.inner_tokens(self._sharing, namespace, values)
        return keyed.layered_tokens(self._chain, inner)

    def _centre(self, which: Which, unique: list[str]) -> dict[str, list[Any]]:
        return self._layered(which, making.inner(which, unique, self._sharing, self._sketcher))

    def _layered(self, which: Which, inner: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        return {
            name: _with_layers(name, inner[name], self._chain, self._sketch_layer)
            for name in names(which)
        }


def layered(table: Mapping[str, ArrowArray], new_key: bytes) -> dict[str, ArrowArray]:
    """Put one more layer over stored token columns: what rotation does to old rows.

    Parameters
    ----------
    table : mapping of column name to array
        Columns that hold tokens (references, identities) and no others, save the year of
        birth, which stays as it is. A name ending in ``_grams`` holds sketches, one ending
        in ``_words`` several tokens a cell.
    new_key : bytes
        The key that the chain has just got at its end.
    """
    chain, layer = (new_key,), keyed.SketchLayer((new_key,))
    token = columns("cpr")["cpr_exact"]

    def over(name: str, values: Any) -> ArrowArray:
        made = lambda unique: {name: _with_layers(name, unique, chain, layer)}  # noqa: E731
        return _by_unique(values, made, {name: token})[name]

    return {
        name: values if name == BIRTH_YEAR else over(name, values) for name, values in table.items()
    }


def layered_file(content: bytes, new_key: bytes) -> bytes:
    """Put one more layer over the tokens in a named blob.

    Only a Parquet file whose metadata holds `TOKEN_COLUMNS` has any; all else is returned
    as it is.
    """
    parquet = arrow().parquet
    if not content.startswith(b"PAR1"):
        return content
    table = parquet.read_table(BytesIO(content))
    metadata = table.schema.metadata or {}
    names_ = metadata.get(TOKEN_COLUMNS, b"").decode().split()
    for name, values in layered({name: table[name] for name in names_}, new_key).items():
        table = table.set_column(table.column_names.index(name), name, values)
    out = BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue() if names_ else content


def unreadable(which: Which, values: Any) -> tuple[int, ...]:
    """Return the positions (from 0) of cells that are not empty but hold no such identity.

    A name without any letter, a birth date that is no day, a cpr number of another length.
    A word for *unknown* is not among them: it is read, as missing.
    """
    return tuple(
        at for at, value in enumerate(_listed(values)) if value and not _readable(which, value)
    )


def read_sharing_key(path: Path) -> bytes:
    """Read the sharing key from the file that the centre gave a sender.

    Raises
    ------
    VaultError
        If the file is missing or holds no key: 64 hexadecimal digits on a line of their own;
        lines that begin with ``#`` are remarks.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise VaultError(
            f"{path.name}: it cannot be read as text. Ask the centre for the sharing key again."
        ) from error
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1 or not _KEY.fullmatch(found[0]):
        raise VaultError(
            f"{path.name}: it holds no sharing key. Use the file as the centre sent it, "
            "or ask for it again."
        )
    return bytes.fromhex(found[0])


def _readable(which: Which, value: str) -> bool:
    if which == "birth_date":
        return not value.strip() or normal.date_of(value) is not None
    if which == "cpr":
        return not value.strip() or normal.cpr(value) is not None
    return not value.strip() or any(sign.isalpha() for sign in value)


def _with_layers(
    name: str, values: Sequence[Any], chain: Sequence[bytes], layer: keyed.SketchLayer
) -> list[Any]:
    if name == BIRTH_YEAR:
        return [None if value is None else int(value) for value in values]
    known = [value for value in values if value is not None]
    if name.endswith("_grams"):
        put = iter(keyed.written(layer.over(keyed.read(known))) if known else [])
        return [None if value is None else next(put) for value in values]
    different = list(dict.fromkeys(part for value in known for part in value.split(" ")))
    if not all(_TOKEN.fullmatch(part) for part in different):
        raise VaultError(
            f"{name}: it holds what is no token, and no layer can be put over that. "
            "Restore the store from its backup."
        )
    found = dict(zip(different, keyed.layered_tokens(chain, different), strict=True))
    return [
        None if value is None else " ".join(sorted(found[part] for part in value.split(" ")))
        for value in values
    ]


def _by_unique(
    values: Any, made: Callable[[list[str]], dict[str, list[Any]]], types: Mapping[str, Any]
) -> dict[str, ArrowArray]:
    """Return columns made of the different values alone, spread over all rows again."""
    pa = arrow()
    coded = _strings(values).dictionary_encode()
    unique = coded.dictionary.to_pylist()
    found = made(unique) if unique else {name: [] for name in types}
    return {
        name: pa.array(found[name], type=type_).take(coded.indices) for name, type_ in types.items()
    }


def _strings(values: Any) -> ArrowArray:
    """Return text cells as one arrow array; dates become ``YYYY-MM-DD``."""
    pa = arrow()
    array = (
        values
        if isinstance(values, pa.Array | pa.ChunkedArray)
        else pa.array(values, from_pandas=True)
    )
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.date32())
    return array.cast(pa.string())


def _listed(values: Any) -> list[str | None]:
    return list(_strings(values).to_pylist())
