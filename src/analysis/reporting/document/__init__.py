"""The report as one tagged PDF a language, set by typst without anything installed.

``pdf``       writes the file, in two steps: what it says, and setting that
``typeset``   the process in which typst runs
``script``    the report in, the plain JSON that the template sets out
``registers`` findings, breaks and rows in, the JSON of the registers at the end
``drawings``  a figure in, the pieces that fit on a page each
``lettering`` a figure's outlined words in, text out
``widths``    a table in, the width of each column
``report.typ``  the template: layout only; every word reaches it as a JSON string
"""

from analysis.reporting.document.pdf import being_set, content, fingerprint, write_pdf

__all__ = ["being_set", "content", "fingerprint", "write_pdf"]
