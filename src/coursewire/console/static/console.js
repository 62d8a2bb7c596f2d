// What pages do besides being pages. Every task works without this file.
"use strict";
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const say = (words) => {
    const place = one("#notices");
    if (!place) return;
    const p = document.createElement("p");
    p.className = "notice info";
    p.append(Object.assign(document.createElement("span"), { textContent: words }));
    place.replaceChildren(p);
    setTimeout(() => p.remove(), 10000);
  };

  // What only works with this file is shown only with it.
  const reveal = (root) => {
    all("[data-copies], [data-shows], .finder", root).forEach((it) => (it.hidden = false));
    all("[data-secret]", root).forEach((it) => it.toggleAttribute("data-hidden", true));
  };
  const show = (root) => {
    reveal(root);
    const summary = one(".error-summary", root);
    if (summary) summary.focus();
  };
  show(document);

  // Buttons: copy, show a secret, open and close dialogs.
  const copy = async (button) => {
    const from = document.getElementById(button.dataset.copies);
    const text = "value" in from ? from.value : from.textContent;
    const label = one("span", button) || button;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(text);
      label.textContent = "Copied";
    } catch {
      if ("select" in from) from.select();
      label.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (label.textContent = before), 2000);
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-copies], [data-shows], [data-opens], [data-closes]");
    if (!target) return;
    const { copies, shows, opens } = target.dataset;
    if (copies) copy(target);
    else if (shows) {
      const field = document.getElementById(shows);
      const hidden = field.toggleAttribute("data-hidden");
      target.textContent = hidden ? "Show" : "Hide";
      target.setAttribute("aria-pressed", String(hidden));
    } else if (opens) {
      const dialog = document.getElementById(opens);
      if (!dialog || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      opens === "palette" ? openPalette() : dialog.showModal();
    } else target.closest("dialog").close();
  });
  document.addEventListener("click", (event) => {
    if (event.target.matches("dialog")) event.target.close();
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-ticks]");
    if (form) one("[data-ticked]", form).textContent = `${all("tbody input:checked", form).length} ticked:`;
  });

  // htmx: its requests carry the token of the session; what it brings is revealed too, and what is wrong gets the focus.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf;
  });
  // A list that follows what happens rests while nobody looks at it, and while it has the focus.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const tail = event.target.closest("[data-tail]");
    if (tail && (document.hidden || tail.contains(document.activeElement))) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", (event) => show(event.target));
  document.addEventListener("htmx:responseError", () => say("That did not work. Load the page again."));
  document.addEventListener("htmx:sendError", () => say("The server cannot be reached."));

  // The palette: pages of the rail, and rows of the page that name a thing.
  const palette = one("#palette");
  const found = [];
  let chosen = 0;
  const openPalette = () => {
    one("input", palette).value = "";
    list("");
    palette.showModal();
    one("input", palette).focus();
  };
  const entries = () =>
    [...all(".menu nav a"), ...all(".head .actions a"), ...all("tbody th a")].map((a) => ({
      words: a.textContent.trim(), more: a.dataset.words || "", path: a.getAttribute("href"),
    }));
  const list = (typed) => {
    const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
    found.splice(0, found.length, ...entries().filter((it) => {
      const text = `${it.words} ${it.more}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    }).slice(0, 12));
    chosen = 0;
    one("ul", palette).replaceChildren(...found.map((it, index) => {
      const li = document.createElement("li");
      li.role = "option";
      li.id = `palette-${index}`;
      li.textContent = it.words;
      li.addEventListener("click", () => location.assign(it.path));
      return li;
    }));
    one("p", palette).textContent = `${found.length} found`;
    choose(0);
  };
  const choose = (step) => {
    if (found.length) chosen = (chosen + step + found.length) % found.length;
    all("li", palette).forEach((li, index) => li.setAttribute("aria-selected", String(index === chosen)));
    one("input", palette).setAttribute("aria-activedescendant", found.length ? `palette-${chosen}` : "");
  };
  if (palette) {
    one("input", palette).addEventListener("input", (event) => list(event.target.value));
    palette.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") choose(1);
      else if (event.key === "ArrowUp") choose(-1);
      else if (event.key === "Enter" && found[chosen]) location.assign(found[chosen].path);
      else return;
      event.preventDefault();
    });
  }
  document.addEventListener("keydown", (event) => {
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key.toLowerCase() === "k" && palette) {
      event.preventDefault();
      palette.open ? palette.close() : openPalette();
    } else if (mod && event.key === "Enter") {
      const form = event.target.closest("form") || one("form[data-main]");
      if (form) form.requestSubmit();
    }
  });

  // Before the session ends, ask; going on is one request.
  const idle = one("#idle");
  const seconds = Number(document.body.dataset.idle || 0);
  if (idle && seconds > 180) {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => idle.showModal(), (seconds - 130) * 1000);
    };
    const stay = async () => {
      const answer = await fetch("/console/stay", { headers: { "HX-Request": "true" } });
      if (answer.ok) { idle.close(); wait(); } else location.reload();
    };
    one("[data-stay]", idle).addEventListener("click", stay);
    document.addEventListener("htmx:afterRequest", (event) => {
      if (!event.target.closest("[data-tail]")) wait();
    });
    wait();
  }
})();
