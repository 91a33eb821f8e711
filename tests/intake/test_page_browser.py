"""The offline page in a real browser: the same tokens, the same questions, and silence."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from analysis.contracts.partner.periods import period
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.published import Language
from analysis.flow.submitting import submit
from analysis.intake import reading, template
from analysis.intake.page import page as write_page
from analysis.intake.template.countries import country_names
from analysis.intake.validating import Setting, validate
from analysis.intake.validating.countries import read_countries
from analysis.intake.validating.setting import by_word
from analysis.places import Places
from analysis.vault import keys, store
from analysis.vault.tokens import Tokens

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; `.ci/run` installs Debian's"),
]

HOME = Places(Path(__file__).parents[2])
FORMS = read_forms(HOME.forms, HOME.partner_codelists)
SENDERS = read_profiles(HOME.synthetic / "profiles", FORMS)
COUNTRIES = read_countries(HOME.codelists / "countries.csv")
VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vault" / "vectors.json").read_text(encoding="utf-8")
)
HEADER = ("Jeres sagsnummer", "Fornavn", "Efternavn", "Fødselsdato", "Køn", "Statsborgerskab",
          "Under 18 år ved første møde", "Første møde")  # fmt: skip
GOOD = ("17", "Søren", "Bo Æbelø", "01-02-1980", "Kvinde", "Danmark", "nej", "03-04-2008")


@dataclass(frozen=True)
class Keys:
    """Keys that guard nothing: those of the known answers."""

    sharing: bytes = bytes.fromhex(VECTORS["sharing_key"])
    chain: tuple[bytes, ...] = ()


def profile_of(organisation: str, **changes: Any) -> Profile:
    """Return an invented sender, changed where a test needs it."""
    return replace(SENDERS[organisation], **changes)


def written(profile: Profile, folder: Path, language: Language = "da") -> str:
    """Write the page of a sender; return its address."""
    names = {key: one.name for key, one in SENDERS.items()}
    countries = country_names(HOME.codelists / "countries.csv")
    asked = template.asked(profile, FORMS, countries=countries, organisations=names)
    path = folder / f"synthetic-{profile.organisation}-page.html"
    path.write_bytes(write_page(asked, FORMS, language, countries=COUNTRIES))
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's chromium, with everything off that would call home."""
    with sync_playwright() as playwright:
        flags = ("--no-sandbox", "--disable-gpu", "--no-first-run",
                 "--disable-background-networking")  # fmt: skip
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(flags))
        yield started
        started.close()


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Open the page of a sender of tokens; whatever the page complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(written(profile_of("syn_d"), tmp_path))
    yield opened
    context.close()
    assert complaints == []


def table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> bytes:
    """Write a CSV file as Organisation D does: Windows-1252, semicolons."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows((header, *rows))
    return text.getvalue().encode("windows-1252")


def choose(page: Page, content: bytes, name: str = "synthetic-syn_d-persons-2008H1.csv") -> None:
    """Choose a file, and wait until it has been read."""
    page.set_input_files("#file", FilePayload(name=name, mimeType="text/csv", buffer=content))
    settled(page)


def settled(page: Page) -> None:
    """Wait until the page is done with what it was given."""
    expect(page.locator("#app")).to_have_attribute("aria-busy", "false")


def load_key(page: Page, text: str | None = None) -> None:
    """Load the sharing key of the known answers."""
    content = f"# sharing key\n{VECTORS['sharing_key']}\n" if text is None else text
    file = FilePayload(name="k.key", mimeType="text/plain", buffer=content.encode())
    page.set_input_files("#key", file)
    settled(page)


def problems(page: Page) -> list[tuple[str, str, str]]:
    """Return what the page asks: rows, column, question."""
    rows = page.locator("#problems tbody tr").all()
    cells = [[cell.inner_text() for cell in row.locator("td").all()] for row in rows]
    return [(row[0], row[1], row[2]) for row in cells]


def save(page: Page) -> tuple[str, bytes]:
    """Save the file with tokens; return its name and bytes."""
    with page.expect_download() as download:
        page.click("#save")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_every_known_answer_is_equal(shown: Page) -> None:
    """A token that differs in one digit never meets its person: two counted where one is."""
    found = shown.evaluate(
        """async ([key, asked]) => {
          const secret = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
          const maker = await workbench.tokens.withKey(secret);
          const cells = [];
          for (const [identity, text] of asked) cells.push(await maker.cell(identity, text));
          return [maker.mark, cells];
        }""",
        [VECTORS["sharing_key"], [(which, one["in"]) for which in WHICH for one in VECTORS[which]]],
    )
    assert found[0] == VECTORS["mark"]
    assert found[1] == [one["cell"] for which in WHICH for one in VECTORS[which]]
    assert len(found[1]) > 40


WHICH = ("given_name", "family_name", "birth_date", "cpr")


def test_words_and_sounds_of_the_known_answers_are_equal(shown: Page) -> None:
    """Two alphabets of normal forms would part people with a letter that ours has not."""
    for kind, call in (("words", "words"), ("sounds", "sound")):
        asked = [one["in"] for one in VECTORS[kind]]
        found = shown.evaluate(f"all => all.map(workbench.tokens.{call})", asked)
        assert found == [one["out"] for one in VECTORS[kind]]


def test_tokens_equal_the_centres_for_names_of_many_scripts(shown: Page) -> None:
    """Known answers are few; every sign of European and other alphabets must agree too."""
    blocks = [range(0x21, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000), range(0xFF00, 0xFF66)]
    names = ["a" + chr(one) + "b" + chr(one) for block in blocks for one in block]
    tokens = Tokens(Keys())
    ours = tokens.inner("given_name", names)["given_name_exact"].to_pylist()
    found = shown.evaluate(
        """async ([key, names]) => {
          const maker = await workbench.tokens.withKey(workbench.tokens.readKey(key));
          const cells = [];
          for (const name of names) cells.push(await maker.cell("given_name", name));
          return cells.map((cell) => cell.split(".")[3] ?? null);
        }""",
        [VECTORS["sharing_key"], names],
    )
    different = [hex(ord(name[1])) for name, a, b in zip(names, ours, found, strict=True) if a != b]
    assert different == []


def test_a_checked_file_is_saved_with_tokens_that_the_centre_reads(shown: Page) -> None:
    """The saved file is all that leaves: no name may stand in it, and every token must hold."""
    choose(shown, table(GOOD, ("18", "", "O'Brien", "", "Mand", "NGA", "", "2008-05-01")))
    load_key(shown)
    name, content = save(shown)
    assert name == "synthetic-syn_d-persons-2008H1-koder.csv"
    for secret in ("Søren", "Æbelø", "Brien", "01-02-1980"):
        assert secret.encode("windows-1252") not in content
    (sheet,) = reading.read(name, content, SENDERS["syn_d"], FORMS, form=None)
    setting = Setting(
        SENDERS["syn_d"], FORMS, period("2008H1"), date(2008, 8, 1), COUNTRIES,
        by_word(SENDERS.values()),
    )  # fmt: skip
    judged = validate(sheet, setting, Tokens(Keys()))
    assert judged.held is False
    same = Tokens(Keys()).inner("family_name", ["Bo Æbelø", "O'Brien"])
    read_back = Tokens(Keys()).from_sender("family_name", sheet.cells["family_name"])
    assert read_back["family_name_exact"].to_pylist() == same["family_name_exact"].to_pylist()


def test_a_saved_file_is_submitted_and_its_person_meets_the_one_sent_by_name(
    shown: Page, tmp_path: Path
) -> None:
    """The whole point of the page: two bodies, one with names and one without, one person."""
    home = tmp_path / "home"
    shutil.copytree(HOME.home / "data" / "forms", home / "data" / "forms")
    shutil.copytree(HOME.codelists, home / "data" / "codelists")
    places = Places(home)
    keys.create(places.rehearsal / "keys", holders=None)
    load_key(shown, keys.open_intake_keys(places.rehearsal / "keys").sharing.hex())
    choose(shown, table(GOOD))
    name, content = save(shown)
    for organisation, title, written_bytes in (
        ("syn_d", name, content),
        ("syn_a", "synthetic-syn_a-persons-2008H1.csv", table(("A-9", *GOOD[1:]))),
    ):
        path = tmp_path / title
        path.write_bytes(written_bytes)
        (taken,) = submit(
            places, [path], organisation, "2008H1", received_on=date(2008, 8, 1), profiles=SENDERS
        )
        assert (taken.form, taken.state, taken.rows) == ("persons", "accepted", 1)
    key = keys.open_store_key(places.rehearsal / "keys")
    with store.reading(places.rehearsal / "store", key) as opened_store:
        rows = opened_store.rows("persons").to_pylist()
    tokens = [name for name in rows[0] if re.match("(given|family)_name_|birth_", name)]
    assert len(tokens) == 13
    assert {one: rows[0][one] for one in tokens} == {one: rows[1][one] for one in tokens}
    assert rows[0]["person"] != rows[1]["person"]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """Listen on this machine, and keep what is asked for."""
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 (the library's name)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Ear) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()
        thread.join()


def test_nothing_leaves_and_nothing_is_kept(
    browser: Browser, tmp_path: Path, listener: tuple[str, list[str]]
) -> None:
    """A page that called home once would end every organisation's trust in it."""
    address, heard = listener
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    opened = context.new_page()
    opened.goto(written(profile_of("syn_d"), tmp_path))
    choose(opened, table(GOOD))
    load_key(opened)
    save(opened)
    assert [one for one in asked if not one.startswith(("file://", "blob:"))] == []
    tried = opened.evaluate(_WAYS_OUT, address)
    kept = opened.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    opened.wait_for_timeout(300)
    assert (heard, tried, kept) == ([], ["refused", "not run"], [0, 0, ""])
    # An ear that is deaf would prove nothing.
    context.new_page().goto(f"{address}/heard")
    context.close()
    assert heard[0] == "/heard"


_WAYS_OUT = """async (address) => {
  const outcomes = [];
  try { await fetch(`${address}/fetch`); outcomes.push("fetched"); }
  catch { outcomes.push("refused"); }
  new Image().src = `${address}/image`;
  navigator.sendBeacon(`${address}/beacon`, "x");
  const style = document.createElement("style");
  style.textContent = `body { background: url(${address}/style) }`;
  const frame = document.createElement("iframe");
  frame.src = `${address}/frame`;
  const form = document.createElement("form");
  form.action = `${address}/form`;
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.body.append(style, frame, form, script);
  form.submit();
  outcomes.push(window.ran === true ? "ran" : "not run");
  return outcomes;
}"""


def test_a_script_in_a_cell_or_heading_is_shown_as_text(shown: Page) -> None:
    """A file comes from anywhere; what stands in it must never become part of the page."""
    nasty = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
    choose(shown, table((*GOOD, nasty), header=(*HEADER, nasty)))
    assert (nasty in [column for _, column, _ in problems(shown)], nasty) == (True, nasty)
    clean = (nasty.replace("<", "").replace(">", ""), *GOOD[1:])
    choose(shown, table(clean))
    run = shown.evaluate("[window.ran, document.querySelectorAll('main img, main script').length]")
    assert run == [None, 0]


def test_problems_are_told_by_row_and_column_in_either_language(shown: Page) -> None:
    """The sender corrects by row number; a wrong number costs an afternoon."""
    rows = (
        GOOD,
        (*GOOD[:4], "Rød", *GOOD[5:]),
        ("19", "", "", "31-02-1980", "mand", "Ingensteds", "måske", "03-04-2008"),
        ("20", "A", "B", "04-05-2009", "mand", "NGA", "ja", "03-04-2008"),
        ("21", "A", "B", "", "mand", "NGA", "", ""),
    )
    choose(shown, table(*rows))
    assert set(problems(shown)) == {
        ("2, 3", "Jeres sagsnummer",
         "Flere rækker gælder det samme. Behold én, eller ret det, der skiller dem."),
        ("3", "Køn", "Svaret står ikke på listen."),
        ("4", "Fødselsdato", "Det er ikke en fødselsdato."),
        ("4", "Statsborgerskab", "Skriv landets navn eller dets kode på tre bogstaver."),
        ("4", "Under 18 år ved første møde", "Skriv ja eller nej."),
        ("5", "Fødselsdato, Første møde",
         "Fødselsdatoen ligger efter dagen for det første møde."),
        ("6", "Første møde", "Feltet skal udfyldes."),
    }  # fmt: skip
    shown.click("[data-language=en]")
    assert ("6", "Første møde", "The field must be filled in.") in problems(shown)
    assert shown.locator("#save").is_hidden()


def _page_rows(page: Page, form: str, content: str) -> dict[str, set[int]]:
    """Return the rows that hold a file and those only asked about, as the page sees them."""
    found = page.evaluate(
        """([form, text]) => {
          const asked = JSON.parse(document.getElementById("asked").textContent);
          const chosen = asked.forms.find((one) => one.id === form);
          const table = workbench.parseCsv(text, asked.dialect.delimiter);
          const result = workbench.checks.check(chosen, table);
          return result.problems.map((one) => [one.holds, one.rows]);
        }""",
        [form, content],
    )
    return {
        key: {row for holds, rows in found if holds is value for row in rows}
        for key, value in (("holds", True), ("asks", False))
    }


CASES: dict[str, list[tuple[str, ...]]] = {
    "assessments": [
        ("1", "identificeret offer", "politi", "03-04-2008", "", "", "", "nej"),
        ("2", "identified", "police", "3-4-2008", "recruitment;transport", "threat", "begging", ""),
        ("3", "Identificeret offer", "Politi", "03-04-2008", "recruitment", "", "sexual", "ja"),
        ("4", "presumed", "ngo", "2008-04-31", "", "", "", ""),
        ("5", "presumed", "ngo", "", "recruitment transport", "", "", ""),
        ("6", "presumed", "ngo", "04-03-2008", "flyvning", "", "", ""),
        ("uden nummer", "presumed", "ngo", "04-03-2008", "", "", "", ""),
        ("010180-1234", "presumed", "ngo", "04-03-2008", "", "", "", ""),
    ],
    "stays": [
        ("1", "B1", "03-04-2008", "01-05-2008", ""),
        ("1", "B2", "20-04-2008", "", "ongoing"),
        ("2", "B1", "03-04-2008", "02-04-2008", ""),
        ("3", "B9", "03-04-2008", "", ""),
        ("4", "B1", "03-04-2008", "10-04-2008", ""),
        ("4", "B1", "10-04-2008", "11-04-2008", ""),
    ],
    "places": [
        ("B1", "01-2008", "2", "62"),
        ("B1", "februar 2008", "2", "60"),
        ("B1", "2008-03", "1.000", "12,5"),
        ("B2", "15-01-2008", "1", "1"),
    ],
    "referrals": [
        ("1", "syn_b", "03-04-2008", "accepted", "02-04-2008", ""),
        ("2", "Organisation A (syntetisk)", "03-04-2008", "Modtaget", "", "legal"),
        ("3", "syn_x", "03-04-2008", "accepted", "", ""),
        ("4", "syn_a", "31-12-2999", "accepted", "", ""),
    ],
    "services": [
        ("1", "shelter", "03-04-2008", "nej", "04-04-2008", "", ""),
        ("2", "botilbud", "03-04-2008", "x", "04-04-2008", "03-04-2008", ""),
        ("3", "shelter", "03-04-2008", "1", "02-04-2008", "", ""),
    ],
}  # fmt: skip


@pytest.mark.parametrize("form", CASES)
def test_the_page_asks_about_the_rows_that_intake_asks_about(
    browser: Browser, tmp_path: Path, form: str
) -> None:
    """A file that the page lets pass and the centre returns has wasted everyone's time."""
    profile = profile_of("syn_b")
    fields = [one for one in FORMS.forms[form].columns if one in profile.forms[form]]
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows((fields, *CASES[form]))
    (sheet,) = reading.read("x.csv", text.getvalue().encode("cp1252"), profile, FORMS, form=form)
    setting = Setting(
        profile, FORMS, period("2008H1"), date(2026, 1, 1), COUNTRIES, by_word(SENDERS.values())
    )
    asked = validate(sheet, setting, Tokens(Keys())).questions
    # Questions that need other files or the period cannot be asked offline.
    apart = {"unknown_reference", "register_missing", "after_period", "before_period",
             "swapped_dates", "maybe_swapped", "mostly_empty"}  # fmt: skip
    ours = {
        key: {
            row for one in asked if one.holds is value and one.rule not in apart for row in one.rows
        }
        for key, value in (("holds", True), ("asks", False))
    }
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(written(profile, tmp_path))
    found = _page_rows(opened, form, text.getvalue())
    context.close()
    assert found == ours
    assert found["holds"] | found["asks"]


def test_what_is_no_csv_file_is_refused_with_what_to_do(shown: Page) -> None:
    """The commonest mistake is to choose the spreadsheet itself."""
    choose(shown, b"PK\x03\x04 ...", "synthetic-x.xlsx")
    assert shown.locator("#status").inner_text().startswith("Det er et regneark.")
    choose(shown, b'a;b\r\n1;"2\r\n')
    assert "citationstegn" in shown.locator("#status").inner_text()
    choose(shown, b"")
    assert shown.locator("#status").inner_text() == "Filen er tom."


def test_a_file_in_utf_8_is_read_though_the_agreement_says_windows_1252(shown: Page) -> None:
    """Half of all spreadsheets save UTF-8; names read with the wrong letters make other tokens."""
    text = table(GOOD).decode("windows-1252")
    load_key(shown)
    saved = set()
    for content in (text.encode("windows-1252"), text.encode("utf-8"), text.encode("utf-8-sig")):
        choose(shown, content)
        shown.wait_for_selector("#save:enabled")
        saved.add(save(shown)[1])
    assert len(saved) == 1


def test_a_wrong_key_file_is_told_and_saves_nothing(shown: Page) -> None:
    """Tokens made with half a key would meet nobody's, silently."""
    choose(shown, table(GOOD))
    load_key(shown, VECTORS["sharing_key"][:40])
    assert "indeholder ingen delt nøgle" in shown.locator("#key-state").inner_text()
    assert shown.locator("#save").is_disabled()


def test_saving_twice_gives_the_same_file(shown: Page) -> None:
    """Sending again must be harmless, also a file that holds tokens already."""
    load_key(shown)
    choose(shown, table(GOOD))
    _, first = save(shown)
    choose(shown, first)
    _, again = save(shown)
    assert again == first


def test_a_sender_of_names_is_only_checked(browser: Browser, tmp_path: Path) -> None:
    """Where names are sent by agreement, the page must not offer a file that intake refuses."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(written(profile_of("syn_a"), tmp_path))
    choose(opened, table(GOOD))
    assert opened.locator("#key-step").is_hidden()
    assert opened.locator("#save-step").is_hidden()
    assert opened.locator("#send-step").is_visible()
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    """Public bodies owe their partners WCAG 2.2 AA, with a file open and in the dark too."""
    for scheme in ("light", "dark"):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,
        )
        opened = context.new_page()
        opened.goto(written(profile_of("syn_d"), tmp_path))
        choose(opened, table(GOOD, ("<b>x", *GOOD[1:4], "Rød", *GOOD[5:])))
        found = [Axe().run(opened).response]
        choose(opened, table(GOOD))
        load_key(opened)
        save(opened)
        found.append(Axe().run(opened).response)
        sideways = opened.evaluate("document.documentElement.scrollWidth")
        context.close()
        broken = [(rule["id"], len(rule["nodes"])) for one in found for rule in one["violations"]]
        assert broken == []
        assert sideways <= width


def test_the_keyboard_alone_does_it_all(shown: Page) -> None:
    """Without a mouse: past the top, to the file, to the key, to the button."""
    choose(shown, table(GOOD))
    load_key(shown)
    shown.evaluate("document.activeElement.blur()")
    stops = []
    for _ in range(12):
        shown.keyboard.press("Tab")
        stops.append(
            shown.evaluate("document.activeElement.id || document.activeElement.textContent")
        )
    order = ["Gå til indholdet", "Dansk", "English", "file", "key", "form", "save"]
    assert [one for one in stops if one in order][: len(order)] == order


def test_without_a_script_the_page_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    """Some offices turn scripts off; a page that stays white explains nothing."""
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(written(profile_of("syn_d"), tmp_path))
    assert "workbench encode" in opened.locator("noscript").inner_text()
    assert opened.locator("#app").is_hidden()
    context.close()


def test_the_policy_names_the_one_script_and_the_one_style_sheet() -> None:
    """One word too many in the policy, and a file could send what it holds."""
    names = {key: one.name for key, one in SENDERS.items()}
    asked = template.asked(SENDERS["syn_d"], FORMS, countries={}, organisations=names)
    text = write_page(asked, FORMS, "da", countries=COUNTRIES).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert re.fullmatch(
        r"default-src &#39;none&#39;; script-src &#39;sha256-[\w+/=]+&#39;; "
        r"style-src &#39;sha256-[\w+/=]+&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;",
        policy,
    )
    assert not re.search(
        r"https?://|url\(|@import|innerHTML|insertAdjacentHTML|document\.write", text
    )
