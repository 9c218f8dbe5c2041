// How a figure gets its payload, whoever the host: `model` is anywidget's, or the page's.
//
// A figure gives values back by `model.save_changes()`, each at once. In a kernel one message is under way at a time and
// the next waits; a value that we held back ourselves would be undone by the kernel's echo of the one before.
import { readPayload } from "./payload.mjs";
import { showError, showNote } from "./stage.mjs";

const PATIENCE = 1000; // Milliseconds before an empty place is explained.

/**
 * Asks for the payload, has `read(header, buffer)` make sense of it when it comes, and calls `build` with that; gives
 * back the function that stops everything. There is no time-out: a kernel that still runs another cell answers after it.
 */
export function withPayload(model, el, build, read = readPayload) {
  let stop = null;
  const patience = setTimeout(() => {
    showNote(el, "Waiting for the kernel to send the model. If it is busy with another cell, it answers after that.");
  }, PATIENCE);
  const receive = (message, buffers) => {
    if (message?.type !== "payload" && message?.type !== "payload-missing") return;
    clearTimeout(patience);
    model.off("msg:custom", receive);
    try {
      if (message.error) throw new Error(message.error);
      if (message.type === "payload-missing") showNote(el, message.reason);
      else stop = build(read(message.header, buffers[0]));
    } catch (error) {
      showError(el, error);
    }
  };
  model.on("msg:custom", receive);
  model.send({ type: "payload-request" });
  return () => {
    clearTimeout(patience);
    model.off("msg:custom", receive);
    stop?.();
  };
}
