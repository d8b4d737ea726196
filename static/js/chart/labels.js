/* Places the labels of the chart: inside it, and none over another. */

/**
 * @typedef {object} Box the baseline of its text begins at (x, y), in pixels
 * @property {number} x
 * @property {number} y
 * @property {number} width
 */

const HEIGHT = 14;
const EDGE = 4;
const TRIES = 12;

/**
 * The place nearest to the wanted one that is free, above or below it; where none is, the wanted one.
 *
 * @param {Box} wanted
 * @param {Box[]} taken those that were placed before; this one is added
 * @param {{ width: number, height: number }} size of the chart
 * @returns {Box}
 */
export function placed(wanted, taken, size) {
  const inside = {
    x: Math.max(EDGE, Math.min(wanted.x, size.width - wanted.width - EDGE)),
    y: Math.max(HEIGHT, Math.min(wanted.y, size.height - EDGE)),
    width: wanted.width,
  };
  const free = steps()
    .map((step) => ({ ...inside, y: inside.y + step }))
    .find((box) => box.y >= HEIGHT && box.y <= size.height - EDGE && !taken.some((other) => overlap(box, other)));
  taken.push(free ?? inside);
  return free ?? inside;
}

/* 0, then up and down in turns. */
function steps() {
  return Array.from({ length: TRIES }, (_, index) => Math.ceil(index / 2) * HEIGHT * (index % 2 ? -1 : 1));
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function overlap(one, other) {
  return (
    Math.abs(one.y - other.y) < HEIGHT && one.x < other.x + other.width + EDGE && other.x < one.x + one.width + EDGE
  );
}
