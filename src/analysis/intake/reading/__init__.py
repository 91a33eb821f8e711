"""A file that a sender sent in, its rows as text out; every file that is not whole is refused.

``files``       `read`: the whole way
``kinds``       CSV or workbook, by name and by bytes
``decoding``    declared encodings, lines in another one
``texts``       CSV
``archive``     workbooks as archives, unpacked under limits
``inspecting``  what a workbook hides: formulas, merged cells, hidden rows
``workbook``    workbooks as text cells
``template``    whose template a workbook is
``kobo``        exports of Kobo and other XLSForm servers
``inherited``   repeated groups of such exports
``headers``     which column is which field
``choosing``    which form a sheet is
``cells``       white space, and what no cell may hold
``refusing``    messages in the sender's language
``limits``      how large a file may be
``sheets``      what comes out
"""

from analysis.intake.reading.files import read
from analysis.intake.reading.sheets import Sheet

__all__ = ["Sheet", "read"]
