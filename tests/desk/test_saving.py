"""strip: what a run leaves goes, what its author wrote stays, and nbstripout finds nothing more."""

from __future__ import annotations

import copy
from typing import Any

import nbformat
import nbstripout
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.desk.saving import strip

# As `nbstripout --keep-id` has them; its command line reads them out of its own source.
LEFT_BY_RUNS = [
    "metadata.signature",
    "metadata.widgets",
    "cell.metadata.collapsed",
    "cell.metadata.ExecuteTime",
    "cell.metadata.execution",
    "cell.metadata.heading_collapsed",
    "cell.metadata.hidden",
    "cell.metadata.scrolled",
]
AUTHORS = ["tags", "slideshow", "name"]

metadata = st.dictionaries(
    st.sampled_from(
        [*(key.rpartition(".")[2] for key in LEFT_BY_RUNS[2:]), "papermill", *AUTHORS[1:]]
    ),
    st.dictionaries(st.sampled_from("ab"), st.integers()),
)
outputs = st.lists(
    st.one_of(
        st.builds(
            lambda text: {"output_type": "stream", "name": "stdout", "text": text}, st.text()
        ),
        st.builds(
            lambda count: {
                "output_type": "execute_result",
                "execution_count": count,
                "data": {"text/plain": "1"},
                "metadata": {},
            },
            st.integers(1, 99),
        ),
    )
)


def _code(source: str, metadata: dict[str, Any], outputs: list[Any], count: int) -> dict[str, Any]:
    kept = {"cell_type": "code", "source": source, "metadata": metadata}
    return kept | {"outputs": outputs, "execution_count": count}


def _text(source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    attached = {"a.png": {"image/png": "aGVq"}}
    kept = {"cell_type": "markdown", "source": source, "metadata": metadata}
    return kept | {"attachments": attached}


cells = st.lists(
    st.one_of(
        st.builds(_code, st.text(), metadata, outputs, st.integers(1, 99)),
        st.builds(_text, st.text(), metadata),
    ),
    max_size=4,
)


@st.composite
def notebooks(draw: st.DrawFn) -> dict[str, Any]:
    """Make notebooks as JupyterLab saves them after a run."""
    made = [cell | {"id": f"c{place}"} for place, cell in enumerate(draw(cells))]
    of_notebook = draw(
        st.fixed_dictionaries(
            {"kernelspec": st.just({"name": "workbench", "display_name": "W"})},
            optional={
                "widgets": st.just({"state": {}}),
                "signature": st.just("x"),
                "papermill": st.just({"duration": 1}),
                "language_info": st.just({"name": "python", "version": "3.11.7"}),
            },
        )
    )
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": of_notebook, "cells": made}


@given(notebooks())
def test_nbstripout_finds_nothing_more(notebook: dict[str, Any]) -> None:
    """Saving must never make the check of the repository fail."""
    strip(notebook)
    saved = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    checked = nbstripout.strip_output(
        copy.deepcopy(saved),
        keep_output=False,
        keep_count=False,
        keep_id=True,
        extra_keys=LEFT_BY_RUNS,
    )
    assert checked == saved


@given(notebooks())
def test_what_the_author_wrote_stays(notebook: dict[str, Any]) -> None:
    """A save that loses a line, a tag or a picture is worse than one that keeps an output."""
    written = _written(copy.deepcopy(notebook))
    strip(notebook)
    assert _written(notebook) == written


def _written(notebook: dict[str, Any]) -> list[Any]:
    return [
        (
            cell["id"],
            cell["source"],
            cell.get("attachments"),
            {name: of for name, of in cell["metadata"].items() if name in AUTHORS},
        )
        for cell in notebook["cells"]
    ]


@given(notebooks())
def test_stripped_again_it_is_the_same(notebook: dict[str, Any]) -> None:
    """JupyterLab saves every two minutes; git should see nothing of it."""
    strip(notebook)
    once = copy.deepcopy(notebook)
    strip(notebook)
    assert notebook == once


def test_a_cell_that_asks_to_keep_its_output_does_not() -> None:
    """Outputs in git would be results that nobody rebuilt, whatever a tag says."""
    cell = _code("1", {"tags": ["keep_output"], "keep_output": True}, [{"a": 1}], 3)
    strip({"metadata": {}, "cells": [cell]})
    assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.parametrize(("name", "kept"), [("workbench", "python3"), ("ir", "ir")])
def test_a_kernel_that_only_this_server_knows_is_not_named(name: str, kept: str) -> None:
    """A colleague's Jupyter would ask which kernel is meant."""
    notebook: dict[str, Any] = {"metadata": {"kernelspec": {"name": name}}, "cells": []}
    strip(notebook, own_kernels=frozenset({"workbench"}))
    assert notebook["metadata"]["kernelspec"]["name"] == kept


def test_how_outputs_were_folded_goes_and_how_sources_were_stays() -> None:
    """To fold a long source away is its author's choice; outputs are no longer there."""
    folded = {"jupyter": {"outputs_hidden": True, "source_hidden": True}}
    only = {"jupyter": {"outputs_hidden": True}}
    notebook = {"metadata": {}, "cells": [_code("1", folded, [], 1), _code("1", only, [], 1)]}
    strip(notebook)
    left = [cell["metadata"] for cell in notebook["cells"]]
    assert left == [{"jupyter": {"source_hidden": True}}, {}]
