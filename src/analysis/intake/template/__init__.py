"""A sender's profile in, what it is asked to fill in out: a workbook, a Kobo form, a page.

``asked``      which sheets, columns and choices one sender is asked for, in its language
``workbook``   the workbook (XLSX) with drop-downs, checks and a field guide
``xlsform``    the same as a form for Kobo
``headers``    the same as the first line of a CSV file
``burden``     what is asked and used by nothing
"""

from analysis.intake.template.asked import Asked, AskedColumn, AskedForm, Choice, asked, by_rhythm
from analysis.intake.template.burden import Unused, Uses, unused
from analysis.intake.template.headers import header_line
from analysis.intake.template.workbook import workbook
from analysis.intake.template.xlsform import xlsform

__all__ = [
    "Asked",
    "AskedColumn",
    "AskedForm",
    "Choice",
    "Unused",
    "Uses",
    "asked",
    "by_rhythm",
    "header_line",
    "unused",
    "workbook",
    "xlsform",
]
