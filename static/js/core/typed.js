/* Numbers as people type them: one reading, here and on the server (`parse_typed_decimal`). */

const TYPED = /^(-?)([1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?$/;
const WIDE = "０１２３４５６７８９．，－−";
const PLAIN = "0123456789.,--";
const BLANKS_AROUND = /^[ \t\r\n\u00a0\u3000]+|[ \t\r\n\u00a0\u3000]+$/g;
const DIGITS_MAX = 18;

/**
 * "1,234.50" → "1234.5"; null for anything that isn't clearly one number. Commas may only separate groups of three
 * digits: dropping others would turn "1,50" into a hundred times 1.50. Full width means the same.
 *
 * @param {string} text
 * @param {number} [digitsMax] before the point
 * @returns {string | null} in the shortest plain notation
 */
export function readTyped(text, digitsMax = DIGITS_MAX) {
  const plain = Array.from(text.replace(BLANKS_AROUND, ""), (sign) => PLAIN[WIDE.indexOf(sign)] ?? sign).join("");
  const [, minus = "", grouped = "", typedFraction = ""] = TYPED.exec(plain) ?? [];
  if (!grouped && !typedFraction) return null;
  const whole = grouped.replaceAll(",", "").replace(/^0+/, "");
  if (whole.length > digitsMax || typedFraction.length > DIGITS_MAX) return null;
  return shortest(minus, whole || "0", typedFraction.replace(/0+$/, ""));
}

/**
 * @param {string} minus
 * @param {string} whole
 * @param {string} fraction
 */
function shortest(minus, whole, fraction) {
  if (whole === "0" && !fraction) return "0";
  return minus + whole + (fraction && `.${fraction}`);
}
