"""Every failure that a user can cause, and the exit code each ends with.

::

    AnalysisError                 2   printed without traceback
    ├── DataError                 2   a published table breaks its contract
    ├── ParameterError            2   an unknown plan, country, language or notebook parameter
    ├── EvaluationError           2   an evaluation file breaks its schema
    ├── SubmissionError           2   a file that a partner sent is refused or held, with questions
    ├── VaultError                2   keys, the encrypted store or a backup cannot be used
    ├── LinkageError              2   records cannot be linked, or a review file does not fit
    ├── IndicatorError            2   a definition of an indicator breaks its contract
    ├── MethodError               2   a method refuses: the input allows no honest answer
    ├── FindingError              2   a finding cannot be recorded, or two languages disagree
    ├── ReportError               2   a page, figure or document cannot be written
    ├── NotebookError             2   a notebook is missing, unreadable or not runnable
    └── CellError                 3   a notebook's own code failed

Messages say where, what is wrong, how many and what to do. They never hold a
cell's content, so that they can be copied into an e-mail. Anything that is not
in this tree is a bug and keeps its traceback.
"""


class AnalysisError(Exception):
    """A failure that the user can mend."""

    exit_code = 2


class DataError(AnalysisError):
    """A published table breaks its contract."""


class ParameterError(AnalysisError):
    """A plan, country, language or notebook parameter is unknown or ill-typed."""


class EvaluationError(AnalysisError):
    """An evaluation file breaks its schema."""


class SubmissionError(AnalysisError):
    """A file that a partner sent is refused, or held until its questions are answered."""


class VaultError(AnalysisError):
    """Keys, the encrypted store or a backup cannot be used as they are."""


class LinkageError(AnalysisError):
    """Records cannot be linked, or a file of reviewed pairs does not fit them."""


class IndicatorError(AnalysisError):
    """A definition of an indicator breaks its contract, or cannot be computed."""


class MethodError(AnalysisError):
    """A method refuses because its input allows no honest answer."""


class FindingError(AnalysisError):
    """A finding cannot be recorded, or its two languages disagree."""


class ReportError(AnalysisError):
    """A page, figure or document cannot be written."""


class NotebookError(AnalysisError):
    """A notebook is missing, unreadable or not runnable."""


class CellError(AnalysisError):
    """A notebook's own code failed while it ran."""

    exit_code = 3
