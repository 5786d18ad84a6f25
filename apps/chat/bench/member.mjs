import { WebSocket } from 'ws';

/** A member tries again after a random part of this, and longer after each failure. */
const shortestSpreadMs = 250;
const longestSpreadMs = 2_000;
/** A message is said again when nobody answers for this long: its client id makes that safe. */
const answerMs = 3_000;

/**
 * A user's client as it should be written: reconnects by itself, to any instance, names its last position, repeats a message
 * until it is acknowledged, and keeps a ledger of all messages it received.
 */
export class Member {
  /** @type {{ text: string, offset: number }[]} */
  ledger = [];
  /** Joins that named a position and received exactly the missed messages. */
  recovered = 0;
  /** How often the server reported a possible hole. */
  holes = 0;
  /** Upgrades answered with 503, because the store did not answer. */
  unavailable = 0;
  /** Joined, or, without a room, connected. */
  isThere = false;
  /** @type {{ epoch: string, offset: number } | undefined} */
  position;
  #spreadMs = shortestSpreadMs;
  #ended = false;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {{ clientId: string, text: string, done: () => void } | undefined} */
  #saying;

  /** @param {{ urls: readonly string[], cookie: string, room?: string, first: number }} options */
  constructor({ urls, cookie, room, first }) {
    this.urls = urls;
    this.cookie = cookie;
    this.room = room;
    this.#connect(urls[first % urls.length] ?? '');
  }

  /** Resolves once the message is acknowledged, after any number of tries. */
  async say(/** @type {string} */ text) {
    const timer = setInterval(() => this.#sayAgain(), answerMs);
    await new Promise((done) => {
      this.#saying = { clientId: text, text, done: () => done(undefined) };
      this.#sayAgain();
    });
    clearInterval(timer);
  }

  end() {
    this.#ended = true;
    this.#socket?.terminate();
  }

  #connect(/** @type {string} */ url) {
    if (this.#ended) return;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/socket`, {
      headers: { cookie: this.cookie },
      origin: url,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    socket.on('open', () => {
      this.#spreadMs = shortestSpreadMs;
      if (this.room === undefined) this.isThere = true;
      else this.#join();
    });
    socket.on('message', (data) => this.#receive(JSON.parse(String(data))));
    // `close` follows.
    socket.on('error', ({ message }) => {
      if (message.endsWith('503')) this.unavailable++;
    });
    socket.on('close', () => {
      this.isThere = false;
      if (this.#ended) return;
      const next = this.urls[Math.floor(Math.random() * this.urls.length)] ?? '';
      setTimeout(() => this.#connect(next), Math.random() * this.#spreadMs);
      this.#spreadMs = Math.min(longestSpreadMs, this.#spreadMs * 2);
    });
  }

  #join() {
    this.#write({ type: 'join', room: this.room, ...this.position });
  }

  #sayAgain() {
    if (this.#saying === undefined || !this.isThere) return;
    const { clientId, text } = this.#saying;
    this.#write({ type: 'send', room: this.room, text, clientId });
  }

  #write(/** @type {object} */ frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #receive(/** @type {any} */ frame) {
    if (frame.type === 'message') {
      this.position = { epoch: frame.epoch, offset: frame.message.offset };
      this.ledger.push({ text: frame.message.text, offset: frame.message.offset });
    } else if (frame.type === 'joined') {
      this.#enter(frame);
    } else if (frame.type === 'sent' && frame.clientId === this.#saying?.clientId) {
      this.#saying?.done();
      this.#saying = undefined;
    } else if (frame.type === 'error') {
      setTimeout(() => (frame.clientId === undefined ? this.#join() : this.#sayAgain()), Math.random() * 200);
    }
  }

  #enter(/** @type {any} */ { epoch, offset, recovered, messages }) {
    if (this.position !== undefined) {
      if (recovered) this.recovered++;
      else this.holes++;
    }
    const known = recovered ? undefined : new Set(this.ledger.map(({ text }) => text));
    for (const { text, offset: at } of messages) if (!known?.has(text)) this.ledger.push({ text, offset: at });
    this.position = { epoch, offset };
    this.isThere = true;
    this.#sayAgain();
  }
}
