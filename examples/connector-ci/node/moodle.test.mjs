// The test kit from Node: plain fetch against the control API of `coursewire up`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

const url = process.env.MOODLE_URL;
const key = readFileSync(process.env.TESTKIT_KEY_FILE, "utf8").trim();

async function kit(method, path, body) {
  const answer = await fetch(`${url}/testkit/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const document = await answer.json();
  if (!answer.ok) throw new Error(`${document.error.code}: ${document.error.message}`);
  return document;
}

async function call(token, wsfunction, fields = {}) {
  const form = { wstoken: token, wsfunction, moodlewsrestformat: "json", ...fields };
  return fetch(`${url}/webservice/rest/server.php`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
}

let token;
beforeEach(async () => {
  await kit("POST", "reset", {});
  ({ token } = await kit("POST", "tokens", { user: "svc-roster", service: "roster" }));
});

test("courses are listed", async () => {
  const courses = await (await call(token, "core_course_get_courses")).json();
  assert.ok(courses.some((course) => course.shortname === "MATH"));
  const { calls } = await kit("GET", "calls?function=core_course_get_courses");
  assert.equal(calls.length, 1);
});

test("a busy site says so", async () => {
  await kit("POST", "faults", { kind: "status", status: 503, retry_after: 2 });
  const answer = await call(token, "core_course_get_courses");
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "2");
});

test("a cut connection is an error", async () => {
  await kit("POST", "faults", { kind: "cut" });
  await assert.rejects(call(token, "core_course_get_courses"));
});
