// SPDX-License-Identifier: Apache-2.0
// The search box: everything is on the page, and can be read without it. Nothing that is typed leaves the device.
"use strict";

const form = document.getElementById("search");
const box = document.getElementById("q");
const status = document.getElementById("status");
const shelves = document.getElementById("shelves");
const results = document.getElementById("results");
const found = document.getElementById("found");
const urgent = document.getElementById("urgent");
const MOST = 50;
const TITLE = 8, CALLED = 4, TEXT = 1;
const WAIT = 150;

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
// Scripts without spaces are looked up by two neighbouring characters, as the bot does.
const spaceless = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;
const pairs = (word) => word.length < 2 ? [word] : Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2));
const wordsOf = (text) => (folded(text).replace(/['’]/g, "").match(/[\p{L}\p{N}]+/gu) || [])
  .flatMap((word) => spaceless.test(word) ? pairs(word) : [word]);
// "pumps" and "pump" are one word; endings of other languages are left as they are.
const rootOf = (word) => word.length > 3 && !word.endsWith("ss") ? word.replace(/([a-z])s$/, "$1") : word;

const nothing = new Set(form.dataset.nothing.split(" "));
const distress = form.dataset.distress.split("|");

let shelved;
const read = () => {
  const called = {};
  for (const section of document.querySelectorAll("[data-about]")) called[section.dataset.about] = section.dataset.called;
  shelved = Array.from(document.querySelectorAll("article"), (article) => {
    const weights = new Map();
    const take = (text, weight) => {
      for (const word of wordsOf(text)) {
        const root = rootOf(word);
        weights.set(root, Math.max(weight, weights.get(root) || 0));
      }
    };
    take(article.querySelector("h3").textContent, TITLE);
    take(article.dataset.words || "", CALLED);
    for (const about of (article.dataset.in || "").split(" ")) take(called[about] || "", CALLED);
    for (const part of article.querySelectorAll("p:not(.small)")) take(part.textContent, TEXT);
    return { article, weights };
  });
};

// What somebody is still typing counts as the beginning of a word.
const weightOf = (weights, root, unfinished) => {
  if (weights.has(root) || !unfinished || root.length < 3) return weights.get(root) || 0;
  let most = 0;
  for (const [word, weight] of weights) if (weight > most && word.startsWith(root)) most = weight;
  return most / 2;
};

const ranked = (words) => {
  const fits = shelved.map(({ article, weights }) => ({
    article,
    each: words.map((word, at) => weightOf(weights, rootOf(word), at === words.length - 1)),
  }));
  const rare = words.map((_, at) => Math.log(1 + shelved.length / (1 + fits.filter(({ each }) => each[at]).length)));
  return fits
    .map(({ article, each }) => ({
      article,
      because: words.filter((_, at) => each[at]),
      // Who has more of the words comes sooner.
      score: each.reduce((sum, weight, at) => sum + weight * rare[at], 0) * each.filter(Boolean).length,
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
};

// Nobody reads their own words without the accents that they wrote.
const asWritten = (text) => new Map(
  (text.normalize("NFC").toLowerCase().match(/[\p{L}\p{N}]+/gu) || []).map((word) => [folded(word), word]));

const copied = ({ article, because }, written) => {
  const copy = article.cloneNode(true);
  copy.removeAttribute("id");
  const why = copy.querySelector(".because") || document.createElement("span");
  why.textContent = `${form.dataset.fits.replace("#", () => because.map((word) => written.get(word) || word).join(", "))} `;
  copy.querySelector(".small").prepend(why);
  return copy;
};

const look = () => {
  const question = wordsOf(box.value);
  const spoken = ` ${question.join(" ")} `;
  const calls = distress.some((sign) => spoken.includes(` ${sign} `));
  // Words that leave no doubt: people, and no list of pages.
  urgent.classList.toggle("calls", calls);
  const telling = [...new Set(question.filter((word) => !nothing.has(word)))];
  const searched = telling.length > 0;
  if (searched && !shelved) read();
  const fits = searched && !calls ? ranked(telling) : [];
  shelves.hidden = searched || calls;
  results.hidden = fits.length === 0;
  const written = asWritten(box.value);
  found.replaceChildren(...fits.slice(0, MOST).map((fit) => copied(fit, written)));
  if (calls) status.textContent = urgent.innerText;
  else if (!searched) status.textContent = "";
  else status.textContent = fits.length ? form.dataset.found.replace("#", () => String(Math.min(fits.length, MOST))) : form.dataset.none;
};

let waiting;
form.hidden = false;
form.addEventListener("submit", (event) => { event.preventDefault(); look(); });
box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, WAIT);
});
if (box.value) look();
