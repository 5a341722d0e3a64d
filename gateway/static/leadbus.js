// Footsteps of visitors, for this site and nobody else: no cookie, no third party, nothing before consent.
(function (site) {
  "use strict";
  if (!site || window.leadbus && window.leadbus.site) return;
  var doc = document, nav = navigator, KEY = "leadbus", KEEP_DAYS = 390, MOST_WAITING = 60;
  var here = doc.currentScript && doc.currentScript.src || "";
  var base = here.replace(/\/t\.js(\?.*)?$/, "");
  var MARKS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "gbraid",
    "wbraid", "dclid", "fbclid", "msclkid", "li_fat_id", "ttclid", "twclid"];
  var FILES = /\.(pdf|zip|docx?|xlsx?|pptx?|csv|dwg|dxf|step|stp|epub|mp4|exe|msi|dmg)$/i;

  // --- may we? -------------------------------------------------------------------------------------------------------

  function declined() {
    var asked = { gpc: nav.globalPrivacyControl === true, dnt: (nav.doNotTrack || window.doNotTrack) === "1" };
    return site.respect.some(function (signal) { return asked[signal]; });
  }
  function read() {
    try {
      var kept = JSON.parse(localStorage.getItem(KEY) || "null");
      return kept && Date.now() - kept.since < KEEP_DAYS * 864e5 ? kept : null;
    } catch (e) { return null; }
  }
  function write() { try { localStorage.setItem(KEY, JSON.stringify(me)); } catch (e) { /* memory only */ } }
  function erase() { try { localStorage.removeItem(KEY); } catch (e) { /* there is nothing */ } }

  var off = declined();
  if (off) erase();
  var kept = off ? null : read();
  var may = !off && (site.consent === "not_required" || !!(kept && kept.consent));
  var me = null, token = null, waiting = [], timer = null;

  function random() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    var bytes = crypto.getRandomValues(new Uint8Array(16)), text = "";
    for (var i = 0; i < 16; i++) text += (bytes[i] + 256).toString(16).slice(1);
    return text;
  }

  // --- what brought the visitor --------------------------------------------------------------------------------------

  function landing() {
    var found = {}, any = false, query = new URLSearchParams(location.search);
    MARKS.forEach(function (name) { if (query.get(name)) { found[name] = query.get(name).slice(0, 500); any = true; } });
    var from = doc.referrer && doc.referrer.split(/[?#]/)[0];
    if (from && from.indexOf(location.origin + "/") !== 0) { found.referrer = from; any = true; }
    found.landing_page = clean(location.href);
    found.at = Date.now();
    return any ? found : null;
  }
  function clean(address) {
    // Only the marks stay: other parameters may hold an email, or anything.
    try {
      var url = new URL(address, location.href), marks = new URLSearchParams();
      MARKS.forEach(function (name) { if (url.searchParams.get(name)) marks.set(name, url.searchParams.get(name)); });
      return url.origin + url.pathname + (marks.toString() ? "?" + marks : "");
    } catch (e) { return location.origin + location.pathname; }
  }
  function remember() {
    var touch = landing();
    me = read() || { id: random(), since: Date.now() };
    if (site.consent !== "not_required") me.consent = true;
    if (!me.first) me.first = touch || { landing_page: clean(location.href), at: Date.now() };
    if (touch || !me.last) me.last = touch || me.first;
    write();
    fill();
  }
  function takeToken() {
    var url = new URL(location.href), found = url.searchParams.get("lb_p");
    if (!found) return;
    token = found;
    url.searchParams.delete("lb_p");
    try { history.replaceState(history.state, "", url.toString()); } catch (e) { /* a sandboxed frame */ }
  }

  // --- telling -------------------------------------------------------------------------------------------------------

  function track(kind, what, details, more) {
    if (off || doc.prerendering) return;
    var event = { id: random(), kind: kind, what: what || undefined, url: clean(location.href), title: doc.title.slice(0, 200),
      details: details || undefined, done: Date.now() };
    for (var name in more || {}) event[name] = more[name];
    waiting.push(event);
    if (waiting.length > MOST_WAITING) waiting.shift();
    if (!timer) timer = setTimeout(flush, 800);
    return event.id;
  }
  function aged(touch) {
    if (!touch) return undefined;
    var copy = {};
    for (var name in touch) if (name !== "at") copy[name] = touch[name];
    copy.age = Math.max(0, Date.now() - touch.at);
    return copy;
  }
  function flush() {
    timer = null;
    if (off || !waiting.length || !(may || site.consent === "anonymous")) return;
    var sent = waiting.splice(0, 50);
    var body = JSON.stringify({
      visitor: me ? me.id : undefined, token: may && token || undefined,
      first: me ? aged(me.first) : undefined, last: me ? aged(me.last) : undefined,
      marks: nav.webdriver ? ["webdriver"] : undefined,
      events: sent.map(function (event) {
        var copy = {};
        for (var name in event) if (name !== "done") copy[name] = event[name];
        copy.age = Math.max(0, Date.now() - event.done);
        return copy;
      })
    });
    var address = base + "/t?site=" + encodeURIComponent(site.site);
    // A text needs no preflight; what a beacon does not take is sent by fetch, and kept if that fails too: each event
    // has its own id, and counts once.
    if (nav.sendBeacon && nav.sendBeacon(address, body)) return;
    if (!window.fetch) return;
    fetch(address, { method: "POST", body: body, keepalive: body.length < 6e4, credentials: "omit", mode: "cors" })
      .catch(function () { waiting = sent.concat(waiting).slice(-MOST_WAITING); });
  }

  // --- pages, downloads, calculators ---------------------------------------------------------------------------------

  var lastPage = null;
  function page() {
    if (lastPage === location.pathname) return;
    var from = lastPage === null && doc.referrer ? doc.referrer.split(/[?#]/)[0] : undefined;
    lastPage = location.pathname;
    track("page", null, null, { referrer: from });
  }
  function follow(event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || off) return;
    var url = new URL(link.href, location.href);
    if (base && url.href.indexOf(base + "/d/") === 0) {
      if (me && may) { url.searchParams.set("lb_v", me.id); url.searchParams.set("lb_e", random()); link.href = url.toString(); }
    } else if (link.hasAttribute("data-lb-download") || link.hasAttribute("download") || FILES.test(url.pathname)) {
      track("download", link.getAttribute("data-lb-download") || url.pathname, null, { title: text(link) });
      flush();
    }
  }
  function text(node) { return (node.textContent || "").trim().slice(0, 200) || undefined; }
  function details(node) {
    var found = {}, any = false;
    [].forEach.call(node.attributes, function (one) {
      if (one.name.indexOf("data-lb-detail-") === 0) { found[one.name.slice(15)] = one.value; any = true; }
    });
    // Of a form only those fields that say so.
    [].forEach.call(node.querySelectorAll ? node.querySelectorAll("[data-lb-detail]") : [], function (one) {
      var value = "value" in one ? one.value : one.textContent;
      if (value) { found[one.getAttribute("data-lb-detail") || one.name] = String(value).trim(); any = true; }
    });
    return any ? found : undefined;
  }
  function declared(event) {
    var node = event.target.closest && event.target.closest("[data-lb-event]");
    if (!node) return;
    var wanted = node.tagName === "FORM" ? "submit" : /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) ? "change" : "click";
    if (event.type !== wanted) return;
    track(node.getAttribute("data-lb-event"), node.getAttribute("data-lb-name") || text(node), details(node));
    if (event.type !== "change") flush();
  }

  // --- forms ---------------------------------------------------------------------------------------------------------

  function ours(form) {
    if (form.hasAttribute("data-lb-form")) return form.getAttribute("data-lb-form") !== "off";
    return !!base && form.action && String(form.action).indexOf(base + "/") === 0;
  }
  function put(form, name, value) {
    var field = form.querySelector('[name="' + name + '"]');
    if (field) { if (!field.value) field.value = value; return; }
    field = doc.createElement("input");
    field.type = "hidden"; field.name = name; field.value = value;
    form.appendChild(field);
  }
  function fillOne(form) {
    if (off || !may || !me || !ours(form)) return;
    put(form, "lb_visitor", me.id);
    for (var name in me.last || {}) if (name !== "at") put(form, name, me.last[name]);
  }
  function fill() { [].forEach.call(doc.forms || [], fillOne); }

  // --- begin ---------------------------------------------------------------------------------------------------------

  function consent(given) {
    if (off) return;
    if (given) {
      if (may && me) return;
      may = true;
      remember();
      flush();
    } else {
      may = false; me = null; waiting = []; erase();
    }
  }
  window.leadbus = {
    site: site.site,
    track: function (name, details) { return track("event", name, details); },
    calculator: function (name, details) { return track("calculator", name, details); },
    consent: consent,
    visitor: function () { return may && me ? me.id : null; }
  };
  if (off) return;

  function begin() {
    takeToken();
    if (may) remember();
    page();
    doc.addEventListener("click", function (event) { follow(event); declared(event); }, true);
    doc.addEventListener("auxclick", follow, true);
    doc.addEventListener("change", declared, true);
    doc.addEventListener("submit", function (event) { fillOne(event.target); declared(event); flush(); }, true);
    doc.addEventListener("DOMContentLoaded", fill);
    doc.addEventListener("visibilitychange", function () { if (doc.visibilityState === "hidden") flush(); });
    window.addEventListener("pagehide", flush);
    // Sites that change their page without loading one.
    ["pushState", "replaceState"].forEach(function (name) {
      var before = history[name];
      history[name] = function () { var done = before.apply(this, arguments); setTimeout(page, 0); return done; };
    });
    window.addEventListener("popstate", function () { setTimeout(page, 0); });
  }
  if (doc.prerendering) doc.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})(window.leadbusSite || (typeof leadbusSite === "object" && leadbusSite));
