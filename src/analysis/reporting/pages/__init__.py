"""The report as pages: files that open from a folder, without server or network.

``site``      writes everything: front page, a page a notebook, registers
``chapter``   one executed notebook in, the inside of its page out (nbconvert, own template)
``cells``     words in, what must not break in them out
``cleaning``  a library's HTML in, its words and plain structure out
``files``     figures and tables in, their SVG, PNG and CSV files out
``setting``   what every template needs: wording, source numbers, addresses
"""

from analysis.reporting.pages.site import write

__all__ = ["write"]
