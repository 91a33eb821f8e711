"""How large a file may be: whatever is larger is refused before it is unpacked or parsed.

The largest honest file we plan for is one million rows of a dozen short columns: about
120 MB as CSV, 60 MB as XLSX. Every limit leaves room above that, and none leaves room for
a file that was made to fill a disk or a memory.
"""

from __future__ import annotations

MAX_FILE_BYTES = 512 * 2**20
"""Bytes of one file as received."""

MAX_ROWS = 2_000_000
"""Rows below the header, of one sheet or CSV file."""

MAX_COLUMNS = 200
"""Columns of one sheet. The longest form has about ten; a Kobo export adds a column for each
choice and some twenty of its own."""

MAX_CELLS = 13_000_000
"""Rows times columns of one sheet of a workbook, as far out as its cells reach, for a reader
fills the whole rectangle with cells before it gives the first one."""

MAX_CHARACTERS = 200
"""Characters of one cell. No code, name, number or date is longer; free text is."""

MAX_TOKEN_CHARACTERS = 4_096
"""Characters of one cell that holds tokens of an identity field."""

MAX_SHEETS = 100
"""Sheets of one workbook."""

MAX_MEMBERS = 500
"""Files inside a workbook, which is a ZIP archive. A template has about 30."""

MAX_UNPACKED_BYTES = 2**30
"""Bytes of all files inside a workbook together, counted while they are unpacked. A million
rows of eight columns take about 420 MB."""

MAX_TEXT = 2**30
"""Characters that the cells of one sheet could hold together if each held the longest text of
the workbook: a text stands in the file once and in memory as often as cells point to it."""

MAX_RATIO = 200
"""Bytes unpacked for each byte packed, over a whole workbook. Sheets of a million rows reach
about 15; the densest that DEFLATE allows is 1,032."""

RATIO_FROM_BYTES = 32 * 2**20
"""Below so many bytes unpacked the ratio does not matter: nothing fills up."""

MAX_ROWS_NAMED = 20
"""Row numbers that a message names; of the others it gives the count."""

MAX_LINES = 12
"""Lines of one message; of further problems it gives the count."""

MAX_DEPTH = 50
"""Elements within elements in the XML of a workbook."""
