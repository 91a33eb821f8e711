"""What a sender's files became in, what goes back to it out: a receipt, its own figures.

``receipt``     what was taken, what is asked, how it is used, until when it is kept
``tallies``     rows of all senders in, how many persons stand behind each figure out
``benchmark``   what may be said of the others, so that none of them can be told apart
``given_back``  a sender's own figures, beside the others' where that is safe
``paper``       headings, lines and tables in, plain text or one HTML file out
"""

from analysis.intake.receipts.benchmark import Benchmarks, drawn, from_json, safe, to_json
from analysis.intake.receipts.given_back import Delivery, GivenBack, give_back
from analysis.intake.receipts.paper import Paper, Section, Table, as_html, as_text
from analysis.intake.receipts.receipt import Says, Taken, Use, receipt
from analysis.intake.receipts.tallies import Tally, tallies

__all__ = [
    "Benchmarks",
    "Delivery",
    "GivenBack",
    "Paper",
    "Says",
    "Section",
    "Table",
    "Taken",
    "Tally",
    "Use",
    "as_html",
    "as_text",
    "drawn",
    "from_json",
    "give_back",
    "receipt",
    "safe",
    "tallies",
    "to_json",
]
