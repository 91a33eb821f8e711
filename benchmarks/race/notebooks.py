"""A folder in, notebooks of pandas and matplotlib out: six for builds, a short one for sweeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAMES = ("arrivals", "referrals", "shelters", "hearings", "budgets", "returns")
SHORT = "short"
ROWS = 900_000
"""Lines of the table that each of the six computes on: about a second on one core."""

_IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd"

_CELLS = (
    """rng = np.random.default_rng(seed)
table = pd.DataFrame(
    {
        "day": pd.Timestamp("2002-01-01") + pd.to_timedelta(rng.integers(0, 3650, rows), unit="D"),
        "place": rng.choice([f"place {nth}" for nth in range(40)], rows),
        "cases": rng.poisson(3, rows),
        "cost": rng.gamma(2.0, 50.0, rows),
    }
)
table.head()""",
    """table["year"] = table["day"].dt.year
by_year = table.groupby("year")[["cases", "cost"]].agg(["sum", "mean", "std"])
by_year.round(3)""",
    """by_place = table.pivot_table(index="place", columns="year", values="cases", aggfunc="sum")
by_place.iloc[:8]""",
    """figure, axes = plt.subplots(figsize=(8, 4))
for place, line in by_place.iloc[:6].iterrows():
    axes.plot(line.index, line.to_numpy(), marker="o", label=place)
axes.set_xlabel("year")
axes.set_ylabel("cases")
axes.legend(fontsize=7)
plt.show()""",
    """daily = table.set_index("day").sort_index()["cases"].resample("D").sum()
smooth = daily.rolling(28).mean()
smooth.dropna().describe().round(4)""",
    """ranked = table.sort_values(["place", "day", "cost"])
ranked["before"] = ranked.groupby("place")["cases"].shift(1)
ranked["change"] = ranked["cases"] - ranked["before"]
ranked.groupby("place")["change"].agg(["mean", "var"]).round(4).head()""",
    """figure, axes = plt.subplots(1, 2, figsize=(9, 3.5))
axes[0].hist(table["cost"], bins=60)
axes[1].plot(smooth.index, smooth.to_numpy(), linewidth=0.8)
plt.show()""",
    """draws = rng.choice(table["cost"].to_numpy(), (200, 2000))
means = draws.mean(axis=1)
print(f"mean cost {means.mean():.3f}, limits {np.quantile(means, [0.025, 0.975]).round(3)}")""",
    """names = table["place"].str.upper().str.replace("PLACE", "P").value_counts()
names.head()""",
    """merged = table.merge(by_year["cases"]["mean"].rename("mean_cases"), on="year")
(merged["cases"] > merged["mean_cases"]).groupby(merged["year"]).mean().round(4)""",
)

_SHORT_CELLS = (
    "rng = np.random.default_rng(seed)\nvalues = pd.Series(rng.normal(shift, 1.0, 1000))",
    'print(f"mean {values.mean():.6f}")',
    "figure, axes = plt.subplots(figsize=(4, 2))\naxes.hist(values)\nplt.show()",
)


def write_six(folder: Path) -> tuple[Path, ...]:
    """Write the six notebooks; they differ in their title and in their seed."""
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(
        _write(
            folder / f"{name}.ipynb",
            f"# {name.capitalize()} by place and year",
            f"seed = {nth}  # of the random table\nrows = {ROWS}  # lines of it",
            _CELLS,
        )
        for nth, name in enumerate(NAMES, start=1)
    )


def write_short(folder: Path) -> Path:
    """Write the notebook that a sweep runs: two parameters, three cells, one small figure."""
    folder.mkdir(parents=True, exist_ok=True)
    parameters = "seed = 1  # of the draws\nshift = 0.0  # mean of the draws"
    return _write(folder / f"{SHORT}.ipynb", "# Mean of a sample", parameters, _SHORT_CELLS)


def change(notebook: Path, turn: int) -> None:
    """Change the last code cell, so that the notebook must run again."""
    held = json.loads(notebook.read_text(encoding="utf-8"))
    cell = held["cells"][-1]
    kept = [line for line in cell["source"].split("\n") if not line.startswith("turn = ")]
    cell["source"] = "\n".join([f"turn = {turn}", *kept])
    _save(notebook, held)


def code_of(notebook: Path) -> list[str]:
    """Return the source of every code cell."""
    held = json.loads(notebook.read_text(encoding="utf-8"))
    return [cell["source"] for cell in held["cells"] if cell["cell_type"] == "code"]


def shown_by(executed: Path) -> list[list[str]]:
    """Return what each code cell of an executed notebook shows, as MIME types and text."""
    held = json.loads(executed.read_text(encoding="utf-8"))
    return [
        [_signature(output) for output in cell["outputs"]]
        for cell in held["cells"]
        if cell["cell_type"] == "code" and "injected-parameters" not in _tags(cell)
    ]


def _signature(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"{output['name']}: {''.join(output['text'])}"
    return f"{sorted(output['data'])}: {''.join(output['data'].get('text/plain', ''))}"


def _tags(cell: dict[str, Any]) -> list[str]:
    tags: list[str] = cell["metadata"].get("tags", [])
    return tags


def _write(path: Path, title: str, parameters: str, cells: tuple[str, ...]) -> Path:
    codes = [_code(parameters, "parameters"), _code(_IMPORTS), *map(_code, cells)]
    text = {"cell_type": "markdown", "metadata": {}, "source": title}
    numbered = [{**cell, "id": f"cell-{nth}"} for nth, cell in enumerate([text, *codes])]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    _save(path, {"cells": numbered, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    return path


def _code(source: str, *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
    }


def _save(path: Path, held: dict[str, Any]) -> None:
    path.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
