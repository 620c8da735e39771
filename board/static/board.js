"use strict";
// Keeps a page up to date that is complete without it: times tick from their moments, parts are replaced as they change.
(() => {
  const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  const LOST_AFTER = 8 * SECOND; // the server sends something every two
  const ALOUD_EVERY = 20 * SECOND; // listeners must be able to listen to something else
  const body = document.body;
  const clock = { shown: Number(body.dataset.now), at: performance.now(), speed: Number(body.dataset.speed) };
  const staleAfter = Number(body.dataset.staleAfter) * SECOND;
  let written = Number(body.dataset.written) || null;
  let heard = performance.now(), troubled = false;

  // ---- time ---------------------------------------------------------------------------------------------------
  const now = () => clock.shown + (performance.now() - clock.at) * clock.speed;
  const two = (number) => String(number).padStart(2, "0");

  function howLong(ms) { // as board/wording.py has it
    ms = Math.abs(ms);
    const whole = (size) => Math.floor(ms / size);
    if (ms < HOUR) return `${whole(MINUTE)}:${two(whole(SECOND) % 60)}`;
    if (ms < 2 * DAY) return `${whole(HOUR)} h ${two(whole(MINUTE) % 60)} m`;
    return `${whole(DAY)} d ${whole(HOUR) % 24} h`;
  }

  function tick(within) {
    const moment = now();
    for (const time of within.querySelectorAll("time.tick")) {
      const { left, since } = time.dataset;
      const words = left !== undefined
        ? howLong(Number(left) - moment) + (moment > Number(left) ? " over" : "")
        : howLong(moment - Number(since));
      if (time.textContent !== words) time.textContent = words;
      if (left !== undefined) time.classList.toggle("over", moment > Number(left));
    }
  }

  const local = (moment) => new Date(moment).toLocaleTimeString("en-GB", { timeZone: body.dataset.zone, hour12: false });

  function show(id, words) {
    const place = document.getElementById(id);
    if (place && place.textContent !== words) place.textContent = words;
  }

  function tickAll() {
    tick(document);
    show("clock", local(now()));
    if (written !== null) show("written", `${local(written)}, ${howLong((now() - written) / clock.speed)} ago`);
    doubt();
  }


  // ---- can it be believed? ------------------------------------------------------------------------------------
  function doubt() {
    const silent = performance.now() - heard;
    const lost = troubled || (Boolean(body.dataset.live) && silent > LOST_AFTER);
    const old = written !== null && (now() - written) / clock.speed > staleAfter;
    body.classList.toggle("stale", lost || old || written === null);
    const why = troubled ? "The board cannot read its figures." : "This page has lost the board.";
    warn(lost ? `${why} What is shown is old; it is tried again.` : "");
  }

  function warn(words) {
    const box = document.getElementById("lost");
    if (!box || box.dataset.words === words) return;
    box.dataset.words = words;
    box.replaceChildren();
    if (!words) return;
    const warning = Object.assign(document.createElement("div"), { className: "warning tone-breach" });
    const shape = Object.assign(document.createElement("span"), { className: "shape", textContent: "■ " });
    shape.ariaHidden = "true";
    const text = document.createElement("p");
    text.append(shape, Object.assign(document.createElement("strong"), { textContent: words }));
    warning.append(text);
    box.append(warning);
  }

  // ---- parts --------------------------------------------------------------------------------------------------
  function made(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const part = template.content.firstElementChild;
    tick(part);
    return part;
  }

  function replace(old, part) {
    if (old.isEqualNode(part)) return old;
    const focused = old.contains(document.activeElement);
    old.replaceWith(part);
    if (focused) (part.matches("a, button") ? part : part.querySelector("a, button"))?.focus({ preventScroll: true });
    return part;
  }

  function patch(name, { order, parts }, whole) {
    const box = document.querySelector(`[data-region="${name}"]`);
    if (!box) return;
    const held = new Map([...box.children].map((child) => [child.dataset.key, child]));
    for (const [key, html] of Object.entries(parts)) {
      const part = made(html);
      const old = held.get(key);
      if (!old && !whole && box.dataset.flash !== undefined) part.classList.add("fresh");
      held.set(key, old ? replace(old, part) : part);
    }
    let place = box.firstElementChild;
    for (const key of order) {
      const part = held.get(key);
      if (!part) continue;
      if (part === place) place = place.nextElementSibling;
      else box.insertBefore(part, place);
      held.delete(key);
    }
    for (const gone of held.values()) gone.remove();
  }

  let aloud = null, aloudAt = -Infinity;
  function say(summary) { // what a screen reader is told, at most every so often, and only where it differs
    const box = document.getElementById("aloud");
    if (!box || !summary || summary === aloud) return;
    if (aloud !== null && performance.now() - aloudAt < ALOUD_EVERY) return;
    if (aloud !== null) box.textContent = summary;
    [aloud, aloudAt] = [summary, performance.now()];
  }

  // ---- the stream ---------------------------------------------------------------------------------------------
  let stream = null;
  function listen() {
    if (stream || !body.dataset.live) return;
    stream = new EventSource(body.dataset.live);
    stream.addEventListener("clock", ({ data }) => {
      const told = JSON.parse(data);
      Object.assign(clock, { shown: told.now, speed: told.speed, at: performance.now() });
    });
    stream.addEventListener("state", ({ data }) => {
      [heard, troubled] = [performance.now(), false];
      const told = JSON.parse(data);
      written = told.written;
      for (const [name, change] of Object.entries(told.regions)) patch(name, change, told.whole);
      say(told.summary);
      body.dataset.heard = String(Number(body.dataset.heard || 0) + 1);
      tickAll();
    });
    stream.addEventListener("trouble", () => {
      troubled = true;
      tickAll();
    });
    stream.onerror = () => { // a refusal ends the stream for good: begin a new one
      if (stream.readyState !== EventSource.CLOSED) return;
      leave();
      setTimeout(listen, 2 * SECOND);
    };
  }
  function leave() {
    stream?.close();
    stream = null;
  }
  // Browsers allow six streams to one place: a page nobody looks at gives its own back, and is whole again when it is seen.
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", listen);

  // ---- light and dark -----------------------------------------------------------------------------------------
  const button = document.getElementById("theme");
  if (button) {
    const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    const name = () => { button.textContent = dark() ? "Light" : "Dark"; };
    button.hidden = false;
    name();
    button.addEventListener("click", () => {
      const chosen = dark() ? "light" : "dark";
      document.documentElement.dataset.theme = chosen;
      try { localStorage.theme = chosen; } catch { /* it holds for this page */ }
      name();
    });
  }

  setInterval(tickAll, Math.max(100, Math.min(1000, 1000 / clock.speed)));
  tickAll();
  listen();
})();
