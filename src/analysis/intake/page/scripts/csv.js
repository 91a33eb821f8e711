// Bytes of a CSV file in, its cells out; and cells in, bytes in the sender's own dialect out.

const DELIMITERS = [";", ",", "\t"];

// Which encoding the bytes are in: what a mark at the beginning says; else UTF-8 where they
// are that and not plain ASCII; else what the agreement says.
function decode(bytes, declared) {
  const marks = [["utf-8", [0xef, 0xbb, 0xbf]], ["utf-16le", [0xff, 0xfe]], ["utf-16be", [0xfe, 0xff]]];
  const marked = marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte));
  const tried = marked ? [marked[0]] : ["utf-8", declared === "utf-16" ? "utf-16le" : declared];
  for (const encoding of tried) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  return null;
}

// Rows of cells, as RFC 4180 has them; null where a quotation mark is never closed.
function parseCsv(text, delimiter) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; }
      else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === delimiter) { row.push(cell); cell = ""; }
    else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") at += 1;
      row.push(cell); rows.push(row); row = []; cell = "";
    } else cell += sign;
  }
  if (quoted) return null;
  if (cell !== "" || row.length > 0) { row.push(cell); rows.push(row); }
  return rows;
}

// The delimiter of the agreement, unless the first line is one cell by it and more by another.
function delimiterOf(text, declared) {
  const first = text.slice(0, (text + "\n").search(/[\r\n]/));
  const cells = (delimiter) => (parseCsv(first, delimiter) ?? [[]])[0]?.length ?? 0;
  if (cells(declared) > 1) return declared;
  return DELIMITERS.reduce((best, one) => (cells(one) > cells(best) ? one : best), declared);
}

function writeCsv(rows, delimiter) {
  const written = (cell) =>
    cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return rows.map((row) => row.map(written).join(delimiter) + "\r\n").join("");
}

// Bytes of the text, and the signs that the encoding has no place for.
function encode(text, encoding) {
  if (encoding === "utf-8") return { bytes: new TextEncoder().encode(text), lost: 0 };
  if (encoding === "utf-16") {
    const bytes = new Uint8Array(2 + text.length * 2);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0xfeff, true);
    for (let at = 0; at < text.length; at += 1) view.setUint16(2 + at * 2, text.charCodeAt(at), true);
    return { bytes, lost: 0 };
  }
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const signs = encoding === "iso-8859-1"
    ? String.fromCharCode(...every)
    : new TextDecoder("windows-1252").decode(every);
  const places = new Map(Array.from(signs, (sign, byte) => [sign, byte]));
  const found = Array.from(text, (sign) => places.get(sign) ?? -1);
  return { bytes: Uint8Array.from(found), lost: found.filter((byte) => byte < 0).length };
}
