// Rows of text cells and the forms of one sender in, what is to be asked of it out.
//
// A problem is {rule, parts, column, rows, holds}: which question, by which heading, in which
// rows as the spreadsheet numbers them, and whether the file cannot be sent before it is
// answered. No problem holds a cell's content.

function checker(asked) {
  const plain = (text) => text.trim().toLowerCase().replace(/\s+/g, " ");
  const title = (text) => text.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const MISSING = null;
  const WRONG = undefined;

  const today = new Date().toISOString().slice(0, 10);

  // A day of the calendar from the first year on, and not ahead of today: as at the door.
  function dayOf(year, month, day) {
    const made = new Date(Date.UTC(year, month - 1, day));
    const real = made.getUTCFullYear() === year && made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
    if (!real || year < asked.first_year) return WRONG;
    const iso = made.toISOString().slice(0, 10);
    return iso > today ? WRONG : iso;
  }

  const ORDERS = {
    dmy: /^(?<d>\d{1,2})[-./](?<m>\d{1,2})[-./](?<y>\d{4})$/,
    mdy: /^(?<m>\d{1,2})[-./](?<d>\d{1,2})[-./](?<y>\d{4})$/,
    ymd: /^(?<y>\d{4})[-./](?<m>\d{1,2})[-./](?<d>\d{1,2})$/,
  };
  const ISO = /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$/;

  function readDate(text) {
    const found = (ISO.exec(text) ?? ORDERS[asked.dialect.dates].exec(text))?.groups;
    return found ? dayOf(Number(found.y), Number(found.m), Number(found.d)) : WRONG;
  }

  function readMonth(text) {
    const found = /^(?<m>\d{1,2})[-./ ](?<y>\d{4})$/.exec(text) ?? /^(?<y>\d{4})[-./ ](?<m>\d{1,2})$/.exec(text);
    if (found) return dayOf(Number(found.groups.y), Number(found.groups.m), 1);
    const named = /^(?<name>\p{L}+)\.?[- ]+(?<y>\d{4})$/u.exec(text);
    if (named) return dayOf(Number(named.groups.y), asked.months[plain(named.groups.name)] ?? 0, 1);
    const day = readDate(text);
    return day !== WRONG && day.endsWith("-01") ? day : WRONG;
  }

  function readNumber(text, whole) {
    const [mark, group] = asked.dialect.decimal === "," ? [",", "\\."] : ["\\.", ","];
    const forms = whole
      ? [`^\\d{1,9}(${mark}0{1,2})?$`, `^\\d{1,3}(${group}\\d{3}){1,2}$`]
      : [`^\\d{1,9}(${mark}\\d{1,9})?$`, `^\\d{1,3}(${group}\\d{3}){1,2}${mark}\\d{1,9}$`];
    if (!forms.some((form) => new RegExp(form).test(text))) return WRONG;
    const plainNumber = text.replace(new RegExp(group, "g"), "").replace(asked.dialect.decimal, ".");
    return Number(plainNumber);
  }

  // Every way to write a code: the code, its words in either language, the sender's own word.
  function choicesOf(column) {
    const known = new Map();
    for (const one of column.choices) {
      for (const written of [one.da, one.en, one.code]) known.set(plain(written), one.code);
    }
    if (column.kind === "country") for (const [word, code] of Object.entries(asked.countries)) known.set(word, code);
    if (column.kind === "yesno") for (const [word, code] of Object.entries(asked.yes_no)) known.set(word, code);
    for (const [own, code] of Object.entries(asked.values[column.name] ?? {})) known.set(plain(own), known.get(plain(code)) ?? code);
    return known;
  }

  function readCodes(text, known) {
    const found = [];
    for (const part of text.split(";").map(plain).filter((one) => one !== "")) {
      // A Kobo export separates codes by spaces.
      const each = known.has(part) ? [part] : part.split(" ");
      if (!each.every((one) => known.has(one))) return WRONG;
      found.push(...each.map((one) => known.get(one)));
    }
    return found.length > 0 ? found : WRONG;
  }

  // The birth date in a civil registration number: the seventh digit tells the century.
  function bornBy(number) {
    const found = /^(\d{2})(\d{2})(\d{2})[- ]?(\d)\d{3}$/.exec(number);
    if (!found) return WRONG;
    const [day, month, year, century] = found.slice(1).map(Number);
    if (century >= 5 && century <= 8 && year > 57) return WRONG;
    const later = (century === 4 || century === 9) ? year <= 36 : century >= 5 && century <= 8;
    return dayOf(1900 + year + (later ? 100 : 0), month, day);
  }

  // What a spreadsheet would take for a formula.
  const FORMULA = /^[-+=@]/;

  function readIdentity(text, of) {
    if (tokens.isToken(text)) return { token: text };
    if (of === "birth_date") return readDate(text);
    if (of === "cpr") return bornBy(text);
    return /\p{L}/u.test(text) && !/[0-9<>={}@|\\[\]]/.test(text) && !FORMULA.test(text) && text.length <= asked.longest_name ? text : WRONG;
  }

  // The sender's own number; a civil registration number or a phrase is none.
  function readReference(text) {
    const phrase = /^[^0-9]*\s[^0-9]*$/.test(text);
    const cpr = /[- ]/.test(text) && bornBy(text) !== WRONG;
    const bad = phrase || cpr || FORMULA.test(text) || /[<>={}@|\\"]/.test(text) || text.length > asked.longest_name;
    return bad ? WRONG : text.normalize("NFC").trim().replace(/\s+/g, " ").toUpperCase();
  }

  function reader(column) {
    const known = choicesOf(column);
    if (column.kind === "date") return readDate;
    if (column.kind === "month") return readMonth;
    if (column.kind === "count") return (text) => readNumber(text, true);
    if (column.kind === "amount") return (text) => readNumber(text, false);
    if (column.kind === "codes") return (text) => readCodes(text, known);
    if (column.kind === "identity") return (text) => readIdentity(text, column.of);
    if (column.kind === "yesno") return (text) => ({ yes: true, no: false })[known.get(plain(text))];
    if (column.kind === "reference") return readReference;
    return (text) => (known.has(plain(text)) ? known.get(plain(text)) : WRONG);
  }

  // Which column of the form each heading is: by its name, its label or the sender's own title.
  function match(form, headings) {
    const known = new Map();
    for (const column of form.columns) {
      for (const one of [column.name, column.da, column.en]) known.set(title(one), column.name);
    }
    for (const [own, name] of Object.entries(asked.headers)) {
      if (form.columns.some((column) => column.name === name)) known.set(title(own), name);
    }
    return headings.map((heading) => known.get(title(heading)) ?? null);
  }

  function bestForm(headings) {
    const score = (form) => match(form, headings).filter((name) => name !== null).length / form.columns.length;
    return asked.forms.reduce((best, form) => (score(form) > score(best) ? form : best));
  }

  function ofHeader(form, headings) {
    const found = match(form, headings);
    const problems = [];
    const note = (rule, column, parts = {}) => problems.push({ rule, column, rows: [1], holds: true, parts });
    found.forEach((name, at) => {
      const place = { place: at + 1 };
      if (name === null && headings[at].trim() === "") note("no_heading", "", place);
      else if (name === null) note("unknown_column", headings[at], place);
      else if (found.indexOf(name) !== at) note("column_twice", headings[at], place);
    });
    for (const column of form.columns) {
      if (!found.includes(column.name)) note("column_missing", column[asked.language]);
    }
    return { found, problems };
  }

  function lastDay(month) {
    return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
  }

  function ageOn(born, day) {
    return Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0);
  }

  const known = (...values) => values.every((value) => value !== MISSING && value !== WRONG && value.token === undefined);

  const ROW_RULES = {
    dates_in_order: (row, [from, to]) => known(row[from], row[to]) && row[from] > row[to],
    at_most: (row, [part, all]) => known(row[part], row[all]) && row[part] > row[all],
    needs: (row, [value, condition]) => known(row[value]) && row[condition] === false,
    not_sender: (row, [body]) => row[body] === asked.organisation,
    occupancy: (row, [places, nights, month]) =>
      known(row[places], row[nights], row[month]) && row[nights] > row[places] * lastDay(row[month]),
    act_means_purpose: (row, [status, acts, means, purposes, child]) =>
      row[status] === "identified" &&
      (!known(row[acts]) || !known(row[purposes]) || (!known(row[means]) && row[child] !== true)),
    child_matches: (row, [child, born, met]) =>
      known(row[child], row[born], row[met]) && row[child] !== ageOn(row[born], row[met]) < 18,
    legal_days: (row, [right, decided, days]) =>
      known(row[right], row[decided], row[days]) &&
      asked.legal_lengths.some((one) => one.right === row[right] && one.first <= row[decided] &&
        row[decided] <= one.last && row[days] > one.max_days),
  };

  function overlapping(rows, [person, from, to]) {
    const found = [];
    const groups = grouped(rows.filter((row) => known(row[person], row[from])), person);
    for (const stays of groups.values()) {
      stays.sort((a, b) => (a[from] < b[from] ? -1 : a[from] > b[from] ? 1 : 0));
      let latest = "";
      stays.forEach((stay, at) => {
        if (stay[from] < latest) found.push(stays[at - 1].number, stay.number);
        const end = known(stay[to]) ? stay[to] : "9999-12-31";
        if (end > latest) latest = end;
      });
    }
    return [...new Set(found)];
  }

  function grouped(rows, name) {
    const groups = new Map();
    for (const row of rows) {
      if (!groups.has(row[name])) groups.set(row[name], []);
      groups.get(row[name]).push(row);
    }
    return groups;
  }

  function ofRules(form, rows, headings) {
    const names = new Set(form.columns.map((column) => column.name));
    return form.rules.flatMap((rule) => {
      // Where the agreement does not ask for a field, its absence is no answer.
      if (!rule.fields.every((name) => names.has(name))) return [];
      const test = ROW_RULES[rule.check];
      const broken = rule.check === "no_overlap"
        ? overlapping(rows, rule.fields)
        // A cell that cannot be read is asked about already, as what it is not.
        : rows
          .filter((row) => rule.fields.every((name) => row[name] !== WRONG) && test(row, rule.fields))
          .map((row) => row.number);
      if (broken.length === 0) return [];
      const column = rule.fields.map((name) => headings[name]).filter(Boolean).join(", ");
      return [{ rule: "form_rule", says: { da: rule.da, en: rule.en }, column, rows: broken.sort((a, b) => a - b), holds: !rule.query, parts: {} }];
    });
  }

  // Rules of intake that no form has to name.
  const OWN_RULES = [
    ["units_mixed", ["persons", "counted_as"], (row) => known(row.persons) && row.counted_as === "repeats_possible"],
    ["cpr_disagrees", ["cpr", "birth_date"], (row) => known(row.cpr, row.birth_date) && row.cpr !== row.birth_date],
  ];

  function ofOwnRules(form, rows, headings) {
    const names = new Set(form.columns.map((column) => column.name));
    return OWN_RULES.filter(([, fields]) => fields.every((name) => names.has(name))).flatMap(([rule, fields, test]) => {
      const broken = rows.filter(test).map((row) => row.number);
      const column = fields.map((name) => headings[name]).filter(Boolean).join(", ");
      return broken.length > 0 ? [{ rule, column, rows: broken, holds: true, parts: {} }] : [];
    });
  }

  function repeated(form, rows) {
    const seen = new Map();
    for (const row of rows) {
      const cells = form.key.map((name) => row[name]);
      if (cells.some((cell) => cell === MISSING || cell === WRONG)) continue;
      const key = JSON.stringify(cells);
      if (!seen.has(key)) seen.set(key, []);
      seen.get(key).push(row.number);
    }
    return [...seen.values()].filter((numbers) => numbers.length > 1).flat().sort((a, b) => a - b);
  }

  // Check a whole table; `table` are rows of cells, the first of them the headings.
  function check(form, table) {
    const [headings, ...lines] = table;
    const { found, problems } = ofHeader(form, headings);
    const readers = new Map(form.columns.map((column) => [column.name, reader(column)]));
    const own = Object.fromEntries(found.map((name, at) => [name, headings[at]]));
    const met = new Map();
    const note = (rule, column, number) => {
      const key = `${rule} ${column}`;
      if (!met.has(key)) met.set(key, { rule, column, rows: [], holds: true, parts: {} });
      met.get(key).rows.push(number);
    };
    const rows = [];
    lines.forEach((cells, at) => {
      const number = at + 2;
      if (cells.every((cell) => cell.trim() === "")) return;
      if (cells.length > headings.length && cells.slice(headings.length).some((cell) => cell.trim() !== "")) {
        note("too_many_cells", "", number);
      }
      const row = { number };
      for (const column of form.columns) {
        const place = found.indexOf(column.name);
        const text = place < 0 ? "" : (cells[place] ?? "").trim();
        row[column.name] = text === "" ? MISSING : readers.get(column.name)(text);
        if (place < 0) continue;
        if (text === "") {
          if (column.required) note("required", own[column.name], number);
        } else if (text.length > asked.longest_cell && !tokens.isToken(text)) note("too_long", own[column.name], number);
        else if (row[column.name] === WRONG) note(`kind_${column.kind === "identity" ? column.of : column.kind}`, own[column.name], number);
      }
      rows.push(row);
    });
    problems.push(...met.values(), ...ofRules(form, rows, own), ...ofOwnRules(form, rows, own));
    const twice = repeated(form, rows);
    if (twice.length > 0) {
      const column = form.key.map((name) => own[name]).filter(Boolean).join(", ");
      problems.push({ rule: "same_key", column, rows: twice, holds: true, parts: {} });
    }
    if (rows.length === 0) problems.push({ rule: "no_rows", column: "", rows: [1], holds: true, parts: {} });
    return { rows, problems, found };
  }

  return { check, match, bestForm, readDate };
}
