// Starts figures on a built page, where no kernel is: the element's attributes are the state, a script the payload.
import { base64ToBytes } from "./base64.mjs";
import { showError } from "./stage.mjs";

/** What anywidget's model is to a figure, kept in the page: get, set, on, off, send, save_changes. */
export function pageModel(el) {
  const state = JSON.parse(el.dataset.state || "{}");
  const listeners = new Map();
  const emit = (event, ...details) => [...(listeners.get(event) ?? [])].forEach((listen) => listen(...details));
  const model = {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      emit(`change:${name}`);
    },
    on: (event, listen) => listeners.set(event, [...(listeners.get(event) ?? []), listen]),
    off: (event, listen) => listeners.set(event, (listeners.get(event) ?? []).filter((each) => each !== listen)),
    save_changes() {},
    send(message) {
      const reply = (...details) => emit("msg:custom", ...details);
      if (message.type === "payload-request") answer(el.dataset.payload, reply);
    },
  };
  return model;
}

/** Starts the figure's elements on this page, each once. */
export function startOnPage(figure, render) {
  const start = () => {
    for (const el of document.querySelectorAll(".vae-figure[data-figure]")) {
      if (el.dataset.figure !== figure || el.dataset.started) continue;
      el.dataset.started = "true";
      try {
        render({ model: pageModel(el), el });
      } catch (error) {
        showError(el, error);
      }
    }
  };
  start();
  // Once more for a script that ran before its element was there.
  if (document.readyState !== "complete") addEventListener("DOMContentLoaded", start);
}

function answer(name, reply) {
  if (!name) {
    const reason = "This model was trained in the notebook and is not part of this page: run it to use the figure.";
    reply({ type: "payload-missing", reason });
    return;
  }
  const found = globalThis.vaeFigures?.payloads?.[name];
  if (found) {
    found.bytes ??= base64ToBytes(found.base64);
    reply({ type: "payload", header: found.header }, [found.bytes]);
  } else if (document.readyState === "complete") {
    reply({ type: "payload-missing", error: `the file payload-${name}.js with its weights did not load` });
  } else {
    // The script with the weights may stand further down the page.
    addEventListener("load", () => answer(name, reply), { once: true });
  }
}
