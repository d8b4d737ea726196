/* Trades that enter near each other on the chart share one label: "▲ 9 × 10". */

/**
 * @import { Direction } from "../core/wire.js"
 *
 * @typedef {{ x: number, y: number, direction: Direction, amount: string }} Mark where a trade enters, in pixels
 * @typedef {{ x: number, y: number, direction: Direction, text: string, marks: Mark[] }} Cluster
 */

import { exact, group, placesOf, write } from "../core/money.js";

const REACH_X = 90;
const REACH_Y = 16;

/**
 * Marks of one direction that are near each other, together; from the top of the chart down.
 *
 * @param {Mark[]} marks
 * @returns {Cluster[]}
 */
export function clusters(marks) {
  /** @type {Mark[][]} */
  const found = [];
  for (const mark of [...marks].sort((one, other) => one.y - other.y || one.x - other.x)) {
    const near = found.find((marksOf) => marksOf.some((each) => isNear(each, mark)));
    if (near) near.push(mark);
    else found.push([mark]);
  }
  return found.map(clusterOf);
}

/**
 * @param {Mark} one
 * @param {Mark} other
 */
function isNear(one, other) {
  const [across, down] = [Math.abs(one.x - other.x), Math.abs(one.y - other.y)];
  return one.direction === other.direction && across <= REACH_X && down <= REACH_Y;
}

/**
 * @param {Mark[]} marks
 * @returns {Cluster}
 */
function clusterOf(marks) {
  const [first] = marks;
  if (!first) throw new RangeError("a cluster has a mark");
  return {
    x: Math.max(...marks.map(({ x }) => x)),
    y: marks.reduce((sum, { y }) => sum + y, 0) / marks.length,
    direction: first.direction,
    text: textOf(
      first.direction,
      marks.map(({ amount }) => amount),
    ),
    marks,
  };
}

/**
 * @param {Direction} direction
 * @param {string[]} stakes
 */
export function textOf(direction, stakes) {
  return `${direction === "up" ? "▲" : "▼"} ${amounts(stakes)}`;
}

/**
 * "10", "9 × 10", or where the stakes differ their number and sum: "9 · 245".
 *
 * @param {string[]} stakes
 */
function amounts(stakes) {
  const [first = "0"] = stakes;
  if (stakes.length === 1) return short(first);
  if (stakes.every((stake) => stake === first)) return `${stakes.length} × ${short(first)}`;
  const sum = stakes.reduce((units, stake) => units + exact(stake), 0n);
  return `${stakes.length} · ${short(write(sum, placesOf(first)))}`;
}

/** @param {string} amount */
function short(amount) {
  return group(amount.replace(/\.0+$/, ""));
}
