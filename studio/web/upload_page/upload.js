// Sends files piece by piece and goes on where a lost connection broke. Texts are only ever set as text.
"use strict";

const asked = new URLSearchParams(location.search);
const home = asked.has("library") ? `/upload/library/${Number(asked.get("library")) || 0}` : "/upload/tables";
const find = (id) => document.getElementById(id);
const queue = [];
const totals = { added: 0, last: 0 };
let sending = false;
let limits = { largest: Infinity, accepted: [], place: "library", address: "/" };

followTheme();
start();

function followTheme() {
  try {
    const key = Object.keys(localStorage).find((name) => name.startsWith("stActiveTheme-"));
    const chosen = key ? JSON.parse(localStorage.getItem(key)).name : "";
    if (chosen === "Light" || chosen === "Dark") document.documentElement.dataset.theme = chosen.toLowerCase();
  } catch { /* storage is blocked: the browser's preference decides */ }
}

async function start() {
  const about = await patiently(() => ask("GET", home)).catch((problem) => ({ error: problem.message }));
  if (about.error) return show("problem", about.error);
  limits = about;
  const back = document.querySelector(".back");
  back.textContent = `← Back to ${about.back}`;
  for (const link of [back, find("done")]) link.href = about.address;
  find("limits").textContent =
    `Up to ${size(about.largest)} each: ${about.accepted.map((one) => one.slice(1)).join(", ")}`;
  find("files").accept = about.accepted.join(",");
  find("choose").hidden = false;
  find("files").addEventListener("change", () => { take(find("files").files); find("files").value = ""; });
  dropping(find("choose"));
  addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
}

function dropping(zone) {
  for (const name of ["dragover", "dragleave", "drop"]) {
    addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
      if (name === "drop") take(event.dataTransfer.files);
    });
  }
}

function take(files) {
  for (const file of files) queue.push(row(file));
  next();
}

function row(file) {
  const item = find("row").content.cloneNode(true).firstElementChild;
  const entry = { file, item, state: "waiting", sent: 0, request: null, id: null };
  item.querySelector(".name").textContent = file.name;
  item.querySelector("progress").setAttribute("aria-label", `How much of ${file.name} was sent`);
  item.querySelector(".cancel").addEventListener("click", () => cancel(entry));
  item.querySelector(".again").addEventListener("click", () => { tell(entry, "waiting"); next(); });
  find("list").append(item);
  tell(entry, "waiting");
  return entry;
}

const WORDS = {
  waiting: "waiting", sending: "sending", storing: "taking it in", done: "added",
  failed: "not added", cancelled: "cancelled",
};

function tell(entry, state, facts = "") {
  entry.state = state;
  const at = (name) => entry.item.querySelector(name);
  at(".state").textContent = WORDS[state];
  at(".state").className = `state ${state === "failed" ? "bad" : state === "done" ? "good" : "quiet"}`;
  at(".facts").textContent = facts || size(entry.file.size);
  at(".facts").className = `facts ${state === "failed" ? "bad" : "quiet"}`;
  at(".again").hidden = state !== "failed";
  at(".cancel").hidden = !["waiting", "sending", "failed"].includes(state);
  at("progress").value = ["storing", "done"].includes(state) ? 1 : entry.file.size ? entry.sent / entry.file.size : 0;
}

async function next() {
  const entry = queue.find((one) => one.state === "waiting");
  if (sending || !entry) return summary();
  sending = true;
  find("done").hidden = true;
  try {
    await send(entry);
  } catch (problem) {
    if (entry.state !== "cancelled") tell(entry, "failed", problem.message);
  }
  sending = false;
  next();
}

async function send(entry) {
  tell(entry, "sending");
  const said = { name: entry.file.name, size: entry.file.size, mark: String(entry.file.lastModified) };
  const begun = await patiently(() => ask("POST", `${home}/files`, JSON.stringify(said)));
  entry.id = begun.id;
  entry.sent = begun.have;
  entry.began = { when: Date.now(), at: begun.have };
  const place = `${home}/files/${entry.id}`;
  while (entry.sent < entry.file.size && entry.state === "sending") {
    try {
      const rest = entry.file.slice(entry.sent);
      entry.sent = (await ask("PUT", `${place}?at=${entry.sent}`, rest, entry)).have;
    } catch (problem) {
      if (entry.state !== "sending" || !problem.passing) throw problem;
      tell(entry, "sending", "The connection broke; trying again…");
      await new Promise((then) => setTimeout(then, 1000));
      entry.sent = (await patiently(() => ask("GET", place))).have;
    }
  }
  if (entry.state !== "sending") return;
  tell(entry, "storing");
  const added = await ask("POST", `${place}/whole`);
  totals.added += added.documents ?? 1;
  totals.last = added.import ?? 0;
  tell(entry, "done", added.said.join(" "));
}

async function patiently(request) {
  for (let pause = 0; ; pause = pause * 2 || 1) {
    await new Promise((then) => setTimeout(then, pause * 1000));
    try {
      return await request();
    } catch (problem) {
      if (!problem.passing || pause > 60) throw problem;  // after about two minutes
    }
  }
}

function ask(method, where, body, entry) {
  return new Promise((then, fail) => {
    const request = new XMLHttpRequest();
    request.open(method, where);
    request.responseType = "json";
    request.setRequestHeader("X-Studio-Token", token());
    if (entry) {
      const from = entry.sent;
      entry.request = request;
      request.upload.addEventListener("progress", (event) => { entry.sent = from + event.loaded; advance(entry); });
    }
    request.addEventListener("load", () => {
      if (request.status < 300) return then(request.response);
      const sentence = request.response?.error || `The studio answered with ${request.status}. Try again.`;
      fail(Object.assign(new Error(sentence), { passing: [409, 502, 503].includes(request.status) }));
    });
    const lost = () => fail(Object.assign(new Error("The studio cannot be reached."), { passing: true }));
    request.addEventListener("error", lost);
    request.addEventListener("abort", () => fail(new Error("Cancelled.")));
    request.send(body);
  });
}

function advance(entry) {
  if (entry.state !== "sending") return;
  const seconds = (Date.now() - entry.began.when) / 1000;
  const speed = (entry.sent - entry.began.at) / Math.max(seconds, 0.1);
  const left = seconds > 2 ? ` · about ${duration((entry.file.size - entry.sent) / speed)} left` : "";
  tell(entry, "sending", `${size(entry.sent)} of ${size(entry.file.size)}${left}`);
}

function cancel(entry) {
  const begun = entry.id;
  tell(entry, "cancelled");
  entry.request?.abort();
  // the part that was sent goes too, as soon as the studio has noticed that nothing follows
  if (begun) setTimeout(() => ask("DELETE", `${home}/files/${begun}`).catch(() => {}), 500);
  next();
}

function summary() {
  if (sending || !queue.length) return;
  const failed = queue.filter((one) => one.state === "failed").length;
  const more = failed ? ` ${failed} of ${queue.length} files were not added.` : "";
  find("told").textContent = totals.added ? `${WHAT_NOW[limits.place](totals.added)}${more}` : more;
  find("done").hidden = !totals.added;
  if (limits.place === "tables" && totals.added === 1) find("done").href = `${limits.address}?import=${totals.last}`;
}

const WHAT_NOW = {
  library: (number) => `${number === 1 ? "1 document is" : `${number} documents are`} in the library and will be read now.`,
  tables: (number) => `${number === 1 ? "1 table is" : `${number} tables are`} being read and checked now.`,
};

const token = () => (document.cookie.match(/(?:^|; )studio_upload=([^;]*)/) || [])[1] || "";
const duration = (seconds) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`);

function size(bytes) {
  for (const [unit, name] of [[2 ** 30, "GB"], [2 ** 20, "MB"], [2 ** 10, "kB"]]) {
    if (bytes >= unit) return `${+(bytes / unit).toFixed(unit > 2 ** 20 ? 1 : 0)} ${name}`;
  }
  return `${bytes} bytes`;
}

function show(id, text) {
  find(id).textContent = text;
  find(id).hidden = false;
}
