// What the reader does in, what the page shows and saves out. Nothing is sent or kept.

const asked = JSON.parse(document.getElementById("asked").textContent);
const tokens = tokenMaker(asked.tokens, globalThis.crypto?.subtle);
const checks = checker(asked);
const element = (id) => document.getElementById(id);
const MOST_ROWS_NAMED = 20;
const PREVIEW_ROWS = 5;
const state = { language: asked.language, file: null, table: null, form: null, secret: null, keyFile: "", result: null };

function say(key, parts = {}) {
  const said = asked.words[key][state.language];
  return said.replace(/\{(\w+)\}/g, (_, name) => String(parts[name]));
}

function text(tag, content, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = content;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function speak(language) {
  state.language = language;
  document.documentElement.lang = language;
  document.title = say("title", { name: asked.name[language] });
  for (const one of document.querySelectorAll("[data-say]")) {
    one.textContent = say(one.dataset.say, { name: asked.name[language] });
  }
  for (const one of document.querySelectorAll("[data-language]")) {
    one.setAttribute("aria-pressed", String(one.dataset.language === language));
  }
  fillForms();
  show();
}

function fillForms() {
  const select = element("form");
  select.replaceChildren(...asked.forms.map((form) => text("option", form[state.language], { value: form.id })));
  if (state.form) select.value = state.form.id;
}

const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, state.language === "da" ? "." : ",");

function rowList(rows) {
  const first = rows.slice(0, MOST_ROWS_NAMED).join(", ");
  const more = rows.length - MOST_ROWS_NAMED;
  return more > 0 ? say("rows_more", { rows: first, more: grouped(more) }) : first;
}

const worded = (problem) => (problem.says ? problem.says[state.language] : say(problem.rule, problem.parts));

function problemTable(problems) {
  const table = element("problems");
  const body = table.tBodies[0];
  const sorted = [...problems].sort((a, b) => Number(b.holds) - Number(a.holds) || a.rows[0] - b.rows[0]);
  body.replaceChildren(...sorted.map((problem) => {
    const row = document.createElement("tr");
    row.append(
      text("td", rowList(problem.rows), { class: "rows" }),
      text("td", problem.column),
      text("td", worded(problem)),
      text("td", say(problem.holds ? "must" : "asked"), { class: problem.holds ? "must" : "" }),
    );
    return row;
  }));
  table.parentElement.hidden = problems.length === 0;
}

function status(key, parts = {}) {
  element("status").textContent = key ? say(key, parts) : "";
}

function needsKey() {
  return asked.identities === "tokens" && state.form?.columns.some((column) => column.kind === "identity");
}

function show() {
  element("chosen").textContent = state.file ? say("chosen", { file: state.file.name }) : "";
  element("key-state").textContent = state.secret ? say("key_read", { file: state.keyFile }) : state.keyFile ? say("key_wrong", { file: state.keyFile }) : "";
  element("key-step").hidden = asked.identities !== "tokens";
  element("result").hidden = state.table === null && !state.fault;
  element("form-step").hidden = state.table === null;
  if (state.fault) { problemTable([]); status(state.fault); }
  if (state.result) summarise();
  const ready = state.result !== null && holding().length === 0;
  element("save-step").hidden = asked.identities !== "tokens" || !ready;
  element("save").disabled = needsKey() && state.secret === null;
  element("save-hint").textContent = say(element("save").disabled ? "save_needs_key" : "save_hint");
  element("send-step").hidden = asked.identities === "tokens" || !ready;
}

const holding = () => state.result.problems.filter((problem) => problem.holds);

function summarise() {
  const { rows, problems } = state.result;
  problemTable(problems);
  const parts = { rows: grouped(rows.length), must: holding().length, asked: problems.length - holding().length };
  if (problems.length === 0) status("all_well", parts);
  else if (parts.must === 0) status("only_asked", parts);
  else status("must_correct", parts);
}

function check() {
  state.result = checks.check(state.form, state.table);
  hidePreview();
  show();
}

async function take(file) {
  Object.assign(state, { file, table: null, form: null, result: null, fault: null });
  hidePreview();
  const decoded = decode(new Uint8Array(await file.arrayBuffer()), asked.dialect.encoding);
  if (/\.(xlsx|xlsm|xls|ods|numbers)$/i.test(file.name)) state.fault = "workbook";
  else if (decoded === null || decoded.includes("\0")) state.fault = "not_text";
  else {
    const table = parseCsv(decoded.replace(/^\ufeff/, ""), delimiterOf(decoded, asked.dialect.delimiter));
    if (table === null) state.fault = "open_quote";
    else if (table.length === 0) state.fault = "empty_file";
    else {
      state.table = table;
      state.form = checks.bestForm(table[0]);
      fillForms();
    }
  }
  if (state.table) check(); else show();
}

async function takeKey(file) {
  state.keyFile = file.name;
  state.secret = tokens.readKey(await file.text());
  show();
}

// The table with every identity cell replaced by its tokens.
async function encoded() {
  const [headings, ...lines] = state.table;
  const places = state.form.columns
    .filter((column) => column.kind === "identity")
    .map((column) => [state.result.found.indexOf(column.name), column])
    .filter(([place]) => place >= 0);
  const maker = places.length > 0 ? await tokens.withKey(state.secret) : null;
  const written = [headings];
  for (const line of lines) {
    const cells = [...line];
    for (const [place, column] of places) cells[place] = await tokenCell(maker, column, cells[place] ?? "");
    written.push(cells);
  }
  return written;
}

async function tokenCell(maker, column, cell) {
  const content = cell.trim();
  if (content === "" || tokens.isToken(content)) return content;
  return maker.cell(column.of, column.of === "birth_date" ? checks.readDate(content) : content);
}

async function save() {
  const rows = await encoded();
  const { bytes, lost } = encode(writeCsv(rows, asked.dialect.delimiter), asked.dialect.encoding);
  if (lost > 0) { status("lost_signs", { count: lost, encoding: asked.dialect.encoding }); return; }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "text/csv" }));
  link.download = state.file.name.replace(/(\.[^.]*)?$/, `-${say("saved_suffix")}.csv`);
  link.click();
  URL.revokeObjectURL(link.href);
  preview(rows);
  status("saved", { file: link.download });
}

function hidePreview() {
  element("preview").parentElement.hidden = true;
}

function preview(rows) {
  const table = element("preview");
  const shorter = (cell) => (cell.length > 44 ? `${cell.slice(0, 42)}\u2026` : cell);
  table.tHead.rows[0].replaceChildren(...rows[0].map((cell) => text("th", cell, { scope: "col" })));
  table.tBodies[0].replaceChildren(...rows.slice(1, 1 + PREVIEW_ROWS).map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells.map((cell) => text("td", shorter(cell))));
    return row;
  }));
  table.parentElement.hidden = false;
}

function dropZone(zone, taken) {
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length > 0) busy(() => taken(event.dataTransfer.files[0]));
  });
}

// While something is read or written, the page says so to who cannot see it.
async function busy(work) {
  element("app").setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    element("app").setAttribute("aria-busy", "false");
  }
}

const fromFile = (taken) => (event) => {
  if (event.target.files.length > 0) busy(() => taken(event.target.files[0]));
};

// A file that misses the zone would otherwise be opened in place of the page.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
dropZone(element("file-step"), take);
dropZone(element("key-step"), takeKey);
element("file").addEventListener("change", fromFile(take));
element("key").addEventListener("change", fromFile(takeKey));
element("form").addEventListener("change", (event) => {
  state.form = asked.forms.find((form) => form.id === event.target.value);
  check();
});
element("save").addEventListener("click", () => busy(save));
for (const one of document.querySelectorAll("[data-language]")) {
  one.addEventListener("click", () => speak(one.dataset.language));
}
element("app").hidden = false;
if (!globalThis.crypto?.subtle && asked.identities === "tokens") element("no-crypto").hidden = false;
speak(asked.language);
// What the tests and a careful reader can call by hand; it reaches nothing outside the page.
globalThis.workbench = { tokens, checks, decode, parseCsv, encode };
