"""The report as one tagged PDF a language, set by typst without anything installed.

``pdf``       writes the file
``script``    the report in, the plain JSON that the template sets out
``report.typ``  the template: layout only; every word reaches it as a JSON string
"""

from analysis.reporting.document.pdf import write_pdf

__all__ = ["write_pdf"]
