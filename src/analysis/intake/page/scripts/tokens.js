// Names, birth dates and civil registration numbers in, the cells of tokens out.
//
// The specification is the docstring of analysis.vault.encoding; its tables (letters, words
// for "unknown", rules of sound, the alphabet of sketches) are in the page as data.

function tokenMaker(spec, subtle) {
  const encoder = new TextEncoder();
  const apostrophes = new Set(spec.apostrophes);
  const letters = new Map(Object.entries(spec.letters));
  const unknown = new Set(spec.unknown);
  const rules = spec.sounds.map(([pattern, put]) => [new RegExp(pattern, "gu"), put]);
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const withoutApostrophes = (text) => Array.from(text).filter((sign) => !apostrophes.has(sign)).join("");

  function words(name) {
    const composed = withoutApostrophes(name).normalize("NFKC").toLowerCase();
    const replaced = Array.from(composed, (sign) => letters.get(sign) ?? sign).join("");
    let plain = withoutApostrophes(replaced).normalize("NFD").replace(/\p{M}/gu, "");
    if (/^[\0-\x7f]*$/.test(plain)) plain = withoutApostrophes(plain);
    const joined = plain.replace(/\P{L}+/gu, " ").trim();
    return joined === "" || unknown.has(joined) ? [] : joined.split(" ");
  }

  function sound(word) {
    let key = word;
    for (const [pattern, put] of rules) key = key.replace(pattern, put);
    key = key.replace(/(.)\1+/gu, "$1");
    if (key === "") return "a";
    const [first, ...rest] = Array.from(key);
    const head = "aeiouyj".includes(first) ? "a" : first;
    return head + rest.join("").replace(/[aeiouyjh]/gu, "");
  }

  function pairs(all) {
    const found = new Set();
    for (const word of all) {
      const signs = Array.from(`_${word}_`);
      for (let at = 0; at + 1 < signs.length; at += 1) found.add(signs[at] + signs[at + 1]);
    }
    return found;
  }

  function cpr(number) {
    const plain = number.replace(/[\s\x1c-\x1f\x85\p{Pd}]/gu, "").toUpperCase();
    return /^[0-9]{6}[0-9A-Z]{4}$/.test(plain) ? plain : null;
  }

  // The day with day and month exchanged; null where that is no other day.
  function swapped(iso) {
    const [year, month, day] = iso.split("-");
    return Number(day) > 12 || day === month ? null : `${year}-${day}-${month}`;
  }

  async function withKey(secret) {
    const key = await subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const sign = async (text) => new Uint8Array(await subtle.sign("HMAC", key, encoder.encode(text)));
    const known = new Map();
    const sketched = new Map();
    const from = (...parts) => [spec.version, ...parts].join(spec.apart);
    const mark = hex(await sign(from("mark"))).slice(0, spec.mark_digits);

    async function token(namespace, value) {
      const message = from(namespace, value);
      if (!known.has(message)) known.set(message, hex((await sign(message)).slice(0, spec.token_bytes)));
      return known.get(message);
    }

    async function numbers(pair) {
      if (!sketched.has(pair)) {
        const found = new Uint32Array(spec.slots);
        for (let counter = 0; counter * 8 < spec.slots; counter += 1) {
          const view = new DataView((await sign(from("grams", counter, pair))).buffer);
          for (let at = 0; at < 8; at += 1) found[counter * 8 + at] = view.getUint32(at * 4, false);
        }
        sketched.set(pair, found);
      }
      return sketched.get(pair);
    }

    async function sketch(all) {
      const least = new Uint32Array(spec.slots).fill(0xffffffff);
      for (const pair of pairs(all)) {
        const found = await numbers(pair);
        for (let slot = 0; slot < spec.slots; slot += 1) least[slot] = Math.min(least[slot], found[slot]);
      }
      return Array.from(least, (number) => spec.alphabet[number & 63]).join("");
    }

    async function nameParts(text) {
      const all = words(text);
      if (all.length === 0) return null;
      const each = new Set();
      for (const word of all) each.add(await token("word", word));
      return [
        await token("name", [...all].sort().join(" ")),
        [...each].sort().join("~"),
        await token("sound", all.map(sound).sort().join(" ")),
        await sketch(all),
      ];
    }

    async function dateParts(iso) {
      const other = swapped(iso);
      return [
        await token("birth_date", iso),
        other === null ? "" : await token("birth_date", other),
        await token("birth_month", iso.slice(0, 7)),
        await token("birth_day", iso.slice(5)),
        iso.slice(0, 4),
      ];
    }

    async function parts(identity, text) {
      if (identity === "birth_date") return dateParts(text);
      if (identity === "cpr") {
        const plain = cpr(text);
        return plain === null ? null : [await token("cpr", plain)];
      }
      return nameParts(text);
    }

    // The printable cell of one identity; a birth date is given as YYYY-MM-DD. Empty where
    // nothing is known.
    async function cell(identity, text) {
      const found = text.trim() === "" ? null : await parts(identity, text);
      if (found === null) return "";
      const body = [spec.prefix, identity, mark, ...found].join(".");
      const check = hex(new Uint8Array(await subtle.digest("SHA-256", encoder.encode(body))));
      return `${body}.${check.slice(0, spec.check_digits)}`;
    }
    return { cell, mark, token };
  }

  // The sharing key: 64 hexadecimal digits on a line of their own; null where there is none.
  function readKey(text) {
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    const found = lines.filter((line) => line !== "" && !line.startsWith("#"));
    if (found.length !== 1 || !/^[0-9a-f]{64}$/.test(found[0])) return null;
    return Uint8Array.from(found[0].match(/../g), (pair) => parseInt(pair, 16));
  }

  return { withKey, readKey, words, sound, cpr, isToken: (text) => text.startsWith(`${spec.prefix}.`) };
}
