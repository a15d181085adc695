// A run: begun or joined, and followed through cut streams and restarts of the server to its end, each event once.

import { beginRun, readRun } from "./agui.js";
import { newId } from "./memory.js";
import { Problem } from "./rest.js";

const PAUSES = [250, 500, 1000, 2000, 4000];
const MOST_TRIES = 40;
const TERMINAL = ["RUN_FINISHED", "RUN_ERROR"];
const PASSING = [0, 502, 503, 504];
const CUT = "The connection was lost. Trying again…";
const RESTARTS = "The server is restarting; the reply goes on when it is back.";
const AWAY = "The server is busy or restarting. Trying again…";

export class Run {
  // Without `asked` it is joined: it is under way already.
  constructor({ threadId, id = newId(), asked = null }) {
    this.threadId = threadId;
    this.id = id;
    this.asked = asked;
    this.last = 0;
    this.abort = new AbortController();
  }

  get isKnown() {
    return !this.asked || this.last > 0;
  }

  // Ends without a terminal event where the server no longer tells it from there on: then the thread is to be read anew.
  async *events(waiting) {
    let reason = CUT;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      try {
        for await (const { number, event } of this.stream()) {
          if (number === null && event.code === "handover") {
            reason = RESTARTS;
            break;
          }
          if (event.type === "RUN_STARTED" && this.last) return;
          if (number !== null && number <= this.last) continue;
          this.last = number ?? this.last;
          tries = 0;
          reason = CUT;
          waiting(null);
          yield event;
          if (TERMINAL.includes(event.type)) return;
        }
      } catch (error) {
        if (this.abort.signal.aborted || (error instanceof Problem && !PASSING.includes(error.status))) throw error;
        if (error.status === 503 && reason === CUT) reason = AWAY;
      }
      waiting(reason);
      await pause(PAUSES[Math.min(tries, PAUSES.length - 1)], this.abort.signal);
    }
    throw new Problem(0, "The server cannot be reached. Is it still running?");
  }

  stream() {
    const { signal } = this.abort;
    if (this.isKnown) return readRun(this.id, this.last, { signal });
    return beginRun({ threadId: this.threadId, runId: this.id, ...this.asked }, { signal });
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => (clearTimeout(timer), reject(signal.reason));
    const timer = setTimeout(() => (signal.removeEventListener("abort", stop), resolve()), milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
