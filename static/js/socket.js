/* The stream: subscribes, notices silence, reconnects by itself. */

const SILENCE_MAX_MS = 35_000;
const DELAY_MIN_MS = 500;
const DELAY_MAX_MS = 15_000;

/**
 * Sends events: `message` (a decoded message), `gap` (a channel skipped a number), `up`, `down`.
 * At each `up` it subscribes again, and the server begins with a snapshot.
 */
export class Socket extends EventTarget {
  #channels;
  #socket = null;
  #attempt = 0;
  #heard = 0;
  #retry = null;
  #sequences = new Map();

  constructor(channels) {
    super();
    this.#channels = channels;
    setInterval(() => this.#watch(), 5000);
    addEventListener("online", () => this.#now());
    addEventListener("pagehide", () => this.#socket?.close());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#now());
  }

  open() {
    clearTimeout(this.#retry);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/v1`);
    this.#socket = socket;
    this.#heard = Date.now();
    socket.addEventListener("open", () => this.#subscribe(socket));
    socket.addEventListener("message", (event) => this.#hear(socket, JSON.parse(event.data)));
    socket.addEventListener("close", () => this.#lost(socket));
  }

  #subscribe(socket) {
    this.#sequences.clear();
    this.#channels.forEach((channel, index) => {
      socket.send(JSON.stringify({ op: "subscribe", id: index + 1, channel }));
    });
  }

  #hear(socket, message) {
    if (socket !== this.#socket) return;
    this.#heard = Date.now();
    if (this.#attempt || message.type === "subscribed") this.#came();
    if (message.type === "snapshot") this.#sequences.set(message.channel, message.seq);
    if (message.type === "update") this.#count(message);
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #came() {
    this.#attempt = 0;
    this.dispatchEvent(new Event("up"));
  }

  #count({ channel, seq }) {
    const before = this.#sequences.get(channel);
    this.#sequences.set(channel, seq);
    if (before !== undefined && seq > before + 1) {
      this.dispatchEvent(new CustomEvent("gap", { detail: { channel } }));
    }
  }

  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.dispatchEvent(new Event("down"));
    const ceiling = Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#retry = setTimeout(() => this.open(), ceiling / 2 + (Math.random() * ceiling) / 2);
  }

  #watch() {
    if (this.#socket && Date.now() - this.#heard > SILENCE_MAX_MS) this.#drop();
  }

  #drop() {
    const silent = this.#socket;
    silent.close();
    this.#lost(silent);
  }

  #now() {
    if (!this.#socket) this.open();
    else if (Date.now() - this.#heard > SILENCE_MAX_MS / 2) this.#drop();
  }
}
