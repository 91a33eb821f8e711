"""What a form asks for in, the first line of a CSV file out, in the sender's own dialect."""

from __future__ import annotations

import csv
import io

from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import Language
from analysis.intake.template.asked import AskedForm


def header_line(form: AskedForm, profile: Profile, language: Language) -> bytes:
    """Return the header of one form, in the encoding and with the delimiter of the profile."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=profile.dialect.delimiter, lineterminator="\r\n")
    writer.writerow(column.field.label.said_in(language) for column in form.columns)
    return text.getvalue().encode(profile.dialect.encoding)
