// SPDX-License-Identifier: Apache-2.0
// Everything here is a convenience: the pages work without it.
"use strict";

const status = document.getElementById("status");

// The proof of work, while a name is being chosen. Where it can't be done, the slow way stays open.
const work = document.getElementById("work");
if (work && work.dataset.challenge && window.Worker && window.crypto && crypto.subtle) {
  const form = work.form;
  const button = form.querySelector("button[type=submit]");
  const slow = document.getElementById("slow");
  slow.hidden = true;
  let waiting = false;
  let sent = false;
  let worker = new Worker(work.dataset.worker);
  const over = () => {
    worker.terminate();
    worker = null;
    if (waiting) form.requestSubmit(button);
  };
  worker.onmessage = ({ data }) => {
    work.value = data;
    over();
  };
  worker.onerror = () => {
    slow.hidden = false;
    over();
  };
  worker.postMessage(work.dataset.challenge);
  form.addEventListener("submit", (event) => {
    if (sent || worker) event.preventDefault();
    if (worker) {
      waiting = true;
      button.setAttribute("aria-disabled", "true");
      status.textContent = status.dataset.working;
    } else {
      sent = true;
    }
  });
  // Back from the next page: the button works again.
  window.addEventListener("pageshow", () => {
    sent = false;
    button.removeAttribute("aria-disabled");
  });
}

// Who writes a name of their own does not mean the one that is marked.
const own = document.getElementById("own");
if (own) {
  own.addEventListener("input", () => {
    for (const pick of document.querySelectorAll("input[name=pick]")) pick.checked = false;
    const keep = document.getElementById("keep");
    if (keep) keep.checked = false;
  });
  for (const pick of document.querySelectorAll("input[name=pick]")) {
    pick.addEventListener("change", () => { own.value = ""; });
  }
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      status.textContent = "";
      requestAnimationFrame(() => { status.textContent = status.dataset.copied; });
    });
  }
}

const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
