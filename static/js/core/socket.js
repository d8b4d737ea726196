/* The stream: subscribes, notices silence, reconnects by itself. */

/** @import { Frame, News } from "./wire.js" */

import { Emitter } from "./emitter.js";
import { wake } from "./wake.js";

/* A heartbeat is due every 15 seconds: a socket without one is dead, and it is noticed within 5 seconds after. */
const SILENCE_MAX_MS = 19_000;
const WATCH_MS = 1000;
const PONG_MAX_MS = 4000;
const DELAY_MIN_MS = 500;
const DELAY_MAX_MS = 15_000;
/* So many connections in a row that brought nothing: the way to the server forbids sockets, or the server is away. */
const BARREN_MAX = 3;
/* The access of this socket has ended: signed out, elsewhere or here. */
const ACCESS_ENDED = 4401;
/* The server restarts, and another process already serves. */
const RESTART = 1012;
/* The time over which those whom the server closes together spread their return. */
const WITHIN = /: come back within (\d{1,3}) s$/;
/* A restart with a longer one is told: the page shows nothing new meanwhile. */
const QUIET_MS = 2000;

/**
 * Tells by events: `message` (a decoded frame), `gap` (the channel that skipped a number), `up`, `down`,
 * `ended` (the access that it had, with the server's reason), `barren` (connections bring nothing).
 * Each time it comes up it subscribes again and the server begins with a snapshot.
 *
 * @extends {Emitter<{ message: Frame, gap: string, up: null, down: null, ended: string, barren: null }>}
 */
export class Socket extends Emitter {
  #channels;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #barren = 0;
  /** A restart is no outage: nobody is told, unless the next connection fails too. */
  #moving = false;
  #heard = 0;
  /** When an answer to our ping is due, by the steady clock. */
  #due = Number.POSITIVE_INFINITY;
  /** @type {number | undefined} */
  #retry;
  /** @type {Map<string, number>} */
  #sequences = new Map();

  /** @param {string[]} channels */
  constructor(channels) {
    super();
    this.#channels = channels;
    setInterval(() => this.#watch(), WATCH_MS);
    wake.on("woke", () => this.#now());
    addEventListener("online", () => this.#now());
    addEventListener("pagehide", () => this.#socket?.close());
    addEventListener("pageshow", () => this.#now());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#now());
  }

  open() {
    clearTimeout(this.#retry);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/v1`);
    this.#socket = socket;
    this.#heard = performance.now();
    socket.addEventListener("open", () => this.#subscribe(socket));
    socket.addEventListener("message", (event) => this.#hear(socket, JSON.parse(event.data)));
    socket.addEventListener("close", ({ code, reason }) => this.#lost(socket, code, reason));
  }

  /** @param {WebSocket} socket */
  #subscribe(socket) {
    this.#sequences.clear();
    for (const [index, channel] of this.#channels.entries()) {
      socket.send(JSON.stringify({ op: "subscribe", id: index + 1, channel }));
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {Frame} frame
   */
  #hear(socket, frame) {
    if (socket !== this.#socket) return;
    this.#heard = performance.now();
    this.#due = Number.POSITIVE_INFINITY;
    if (this.#attempt || frame.type === "subscribed") this.#came();
    if (frame.type === "snapshot") this.#sequences.set(frame.channel, frame.seq);
    if (frame.type === "update") this.#count(frame);
    this.emit("message", frame);
  }

  get channels() {
    return this.#channels;
  }

  #came() {
    this.#attempt = 0;
    this.#barren = 0;
    this.#moving = false;
    this.emit("up", null);
  }

  /** @param {News} news */
  #count({ channel, seq }) {
    const before = this.#sequences.get(channel);
    this.#sequences.set(channel, seq);
    if (before !== undefined && seq > before + 1) this.emit("gap", channel);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} [code]
   * @param {string} [reason]
   */
  #lost(socket, code, reason = "") {
    if (socket !== this.#socket) return;
    this.#socket = null;
    if (code === ACCESS_ENDED) this.emit("ended", reason);
    const within = Number(WITHIN.exec(reason)?.[1] ?? 0) * 1000;
    this.#moving = code === RESTART && within <= QUIET_MS && !this.#moving && this.#attempt === 0;
    if (!this.#moving) this.emit("down", null);
    this.#barren += 1;
    if (this.#barren >= BARREN_MAX) this.emit("barren", null);
    const ceiling = Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#retry = setTimeout(() => this.open(), ceiling / 2 + Math.random() * Math.max(ceiling / 2, within));
  }

  /** Gives up this connection for a new one, which begins with snapshots. */
  renew() {
    if (this.#socket) this.#drop(this.#socket);
  }

  #watch() {
    const time = performance.now();
    if (time - this.#heard > SILENCE_MAX_MS || time > this.#due) this.renew();
  }

  /** @param {WebSocket} silent */
  #drop(silent) {
    this.#due = Number.POSITIVE_INFINITY;
    silent.close();
    this.#lost(silent);
  }

  /**
   * Subscribes to one more channel, now and after each new connection.
   *
   * @param {string} channel
   */
  join(channel) {
    this.#channels.push(channel);
    this.#say("subscribe", channel);
  }

  /** @param {string} channel */
  leave(channel) {
    this.#channels = this.#channels.filter((each) => each !== channel);
    this.#sequences.delete(channel);
    this.#say("unsubscribe", channel);
  }

  /**
   * @param {"subscribe" | "unsubscribe"} op
   * @param {string} channel
   */
  #say(op, channel) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ op, channel }));
  }

  /* Somebody is back: a new connection at once, or proof within seconds that the present one lives. */
  #now() {
    if (!this.#socket) this.open();
    else if (this.#socket.readyState === WebSocket.OPEN && this.#due === Number.POSITIVE_INFINITY) {
      this.#socket.send(JSON.stringify({ op: "ping" }));
      this.#due = performance.now() + PONG_MAX_MS;
    }
  }
}
