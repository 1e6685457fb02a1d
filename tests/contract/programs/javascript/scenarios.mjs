// What users of the official JavaScript client rely on: each exported function is one program with a session of its own.
import { operation } from "@ftrack/api";
import { assert, ids, open, refused, unique } from "./studio.mjs";

export async function initialises(session) {
  assert(session.serverInformation.version, "no version");
  assert(session.schemas.length >= 130, `${session.schemas.length} schemas`);
  assert(session.schemas.find((schema) => schema.id === "Task").primary_key[0] === "id");
}

export async function queriesAndPages(session) {
  const first = await session.query("select id, name from Task limit 5");
  assert(first.data.length === 5 && first.metadata.next.offset === 5, JSON.stringify(first.metadata));
  const all = await session.query("select id from Task");
  assert(all.metadata.next.offset === null);
}

export async function mergesRepeatedEntities(session) {
  const { data } = await session.query("select status.state.short, status.name from Task limit 20");
  assert(data.every((task) => task.status.state.short && task.status.name), JSON.stringify(data));
}

export async function createsUpdatesAndDeletes(session) {
  const name = unique();
  const { data: created } = await session.create("User", { username: name, shortUsername: "ignored" });
  assert(created.id && created.username === name && created.resource_type === "user");
  assert(created.created_at === undefined || typeof created.created_at === "string");
  const { data: updated } = await session.update("User", [created.id], { first_name: "Kim" });
  assert(updated.first_name === "Kim");
  assert((await session.delete("User", [created.id])).data === true);
  assert((await session.query(`User where id is "${created.id}"`)).data.length === 0);
}

export async function runsBatches(session) {
  const name = unique();
  const [created, found] = await session.call([
    operation.create("Scope", { name }),
    operation.query(`select name from Scope where name is "${name}"`),
  ]);
  assert(found.data.length === 1 && found.data[0].id === created.data.id);
}

export async function ensures(session) {
  const username = unique();
  const first = await session.ensure("User", { username }, ["username"]);
  const second = await session.ensure("User", { username, email: "a@example.invalid" }, ["username"]);
  assert(first.id === second.id && second.email === "a@example.invalid");
}

export async function readsEscapedTexts(session) {
  const name = `O'Brien "quoted" \\ æøå😀 ${unique()}`;
  const { data } = await session.create("Scope", { name });
  const escaped = name.replace(/\\/g, "\\\\").replace(/"/g, '\\"');
  const found = (await session.query(`select id from Scope where name is "${escaped}"`)).data;
  assert(found.length === 1 && found[0].id === data.id, JSON.stringify(found));
}

export async function explainsRefusals(session) {
  const error = await refused(() => session.query("select nmae from Task"));
  assert(String(error.message).includes('"name"'), error.message);
  const unknown = await refused(() => session.call([{ action: "dance" }]));
  assert(String(unknown.message).includes("Invalid action u'dance'"), unknown.message);
  const value = await refused(() => session.update("Task", ["no-such-id"], { name: "x" }));
  assert(value.message.includes("no-such-id"), value.message);
}

export async function refusesWrongKeys(session) {
  const error = await refused(() => open({}, "wrong"));
  assert(error.errorCode === "api_credentials_invalid" || /key/i.test(error.message), error.message);
}

export async function answersPlainlyWhenAsked(session) {
  const plain = await open({ ensureSerializableResponse: true, strictApi: true });
  const { data } = await plain.query("select name, status.name from Task limit 20");
  assert(data.every((task) => task.status.name), "stubs in a denormalised answer");
  assert(Object.keys(data[0]).sort().join() === "__entity_type__,id,name,status", Object.keys(data[0]).join());
}

export async function searches(session) {
  const { data } = await session.search({ expression: "select name from Task", entityType: "Task", terms: ["comp"] });
  assert(data.length > 0 && data.every((task) => task.name.includes("comp")), JSON.stringify(data.slice(0, 3)));
}

export async function keepsDates(session) {
  const project = (await session.query("select id from Project")).data[0];
  const start = "2031-02-03T04:05:06.000Z";
  const { data } = await session.create("Task", {
    name: unique(),
    parent_id: project.id,
    project_id: project.id,
    start_date: start,
  });
  const found = (await session.query(`select start_date from Task where id is "${data.id}"`)).data[0];
  assert(found.start_date.toISOString?.() === start || String(found.start_date).startsWith("2031-02-03T04:05:06"), found.start_date);
}

export async function readsStatusesAndTypesOfASchema(session) {
  const { projectSchema } = await import("@ftrack/api");
  const { data } = await session.query(`select id from ProjectSchema where id is "${ids.schema}"`);
  const statuses = await projectSchema.getStatuses(session, data[0].id, "Task");
  assert(statuses.map((status) => status.name).sort().join() === "Approved,Awaiting approval,In progress,Not started");
  const shots = await projectSchema.getStatuses(session, data[0].id, "Shot");
  assert(shots.length === 3, JSON.stringify(shots));
}

export async function buildsATreeInOneBatch(session) {
  const project = crypto.randomUUID();
  const shot = crypto.randomUUID();
  const replies = await session.call([
    operation.create("Project", {
      id: project,
      name: unique(),
      full_name: "From JavaScript",
      project_schema_id: ids.schema,
    }),
    operation.create("Shot", { id: shot, name: "sh010", parent_id: project, project_id: project }),
    operation.create("Task", { name: "comp", parent_id: shot, project_id: project }),
    operation.query(`select name, parent.name, status.state.short from Task where parent_id is "${shot}"`),
    operation.update("Shot", [shot], { description: "æøå" }),
    operation.delete("Project", [project]),
  ]);
  assert(replies.map((reply) => reply.action).join() === "create,create,create,query,update,delete");
  assert(replies[3].data[0].parent.name === "sh010");
  assert(replies[3].data[0].status.state.short === "NOT_STARTED");
  assert(replies[4].data.description === "æøå");
  const { data } = await session.query(`select id from Task where project_id is "${project}"`);
  assert(data.length === 0);
}

export async function pagesToTheEnd(session) {
  const seen = new Set();
  let offset = 0;
  while (offset !== null && offset !== undefined) {
    const { data, metadata } = await session.query(`select id from User order by username limit 25 offset ${offset}`);
    data.forEach((user) => seen.add(user.id));
    offset = metadata.next.offset;
  }
  const { data } = await session.query("select id from User");
  assert(seen.size === data.length && seen.size > 50, `${seen.size} of ${data.length}`);
}

export async function searchesBelowAContextAndByObjectType(session) {
  const { data: shots } = await session.query(
    'select id, object_type_id from Shot where name is "sh010" and children any (name is "comp") limit 1',
  );
  const { data: below } = await session.search({
    expression: "select name, link from Task limit 10",
    entityType: "Task",
    terms: ["COMP"],
    contextId: shots[0].id,
  });
  assert(below.length === 1 && below[0].link.some((item) => item.id === shots[0].id), JSON.stringify(below));
  const { data: kinds } = await session.search({
    expression: "select name from TypedContext",
    entityType: "TypedContext",
    terms: ["sh0"],
    objectTypeIds: [shots[0].object_type_id],
  });
  assert(kinds.length >= 4 && kinds.every((item) => item.__entity_type__ === "Shot"), JSON.stringify(kinds));
  const { data: people } = await session.search({ expression: "select username from User", entityType: "User", terms: ["jenk"] });
  assert(people.some((user) => user.username === "jenkins"));
}

export async function throwsErrorsOfTheirKind(session) {
  const { error } = await import("@ftrack/api");
  const value = await refused(() => session.create("Task", { name: unique(), parent_id: ids.project, bid: "much" }));
  assert(value instanceof error.ServerValidationError, value.constructor.name);
  const right = await refused(() => session.create("Event", { action: "x" }));
  assert(right instanceof error.ServerPermissionDeniedError, right.constructor.name);
  const other = await refused(() => session.query("Task where name iss x"));
  assert(other instanceof error.ServerError && /column/.test(other.message), other.message);
}

export async function writesCustomAttributesAndMetadata(session) {
  const { data: task } = await session.create("Task", { name: unique(), parent_id: ids.project });
  const { data: found } = await session.query('select id from CustomAttributeConfiguration where key is "customNumber"');
  await session.update("ContextCustomAttributeValue", [found[0].id, task.id], {
    configuration_id: found[0].id,
    entity_id: task.id,
    value: 42,
  });
  await session.create("Metadata", { parent_id: task.id, parent_type: "Task", key: "k", value: "v" });
  const { data } = await session.query(`select custom_attributes, metadata from Task where id is "${task.id}"`);
  const attribute = data[0].custom_attributes.find((item) => item.key === "customNumber");
  assert(attribute.value === 42, JSON.stringify(attribute));
  assert(data[0].metadata[0].value === "v");
}

export async function writesNotesOnTasks(session) {
  const { data: task } = await session.create("Task", { name: unique(), parent_id: ids.project });
  const { data: note } = await session.create("Note", {
    content: "from a browser",
    parent_id: task.id,
    parent_type: "task",
    user_id: ids.user,
  });
  const { data } = await session.query(`select notes.content, notes.author.username from Task where id is "${task.id}"`);
  assert(data[0].notes[0].id === note.id && data[0].notes[0].author.username === "jenkins", JSON.stringify(data));
}

export async function countsInGroups() {
  const session = await open({ strictApi: true });
  const text = `select count(id), status_id from Task where project_id is "${ids.project}" group by status_id`;
  const { data } = await session.query(text);
  assert(data.length > 1 && data.every((row) => row.count_id > 0 && row.status_id), JSON.stringify(data));
}

export async function invitesAndResetsKeys(session) {
  const { data: user } = await session.create("User", { username: unique(), email: "kim@example.invalid" });
  const [invited] = await session.call([{ action: "send_user_invite", user_id: user.id }]);
  assert(invited.sent === true);
  const [first, second] = await session.call([
    { action: "reset_remote", reset_type: "api_key", entity_type: "User", entity_key: user.id },
    { action: "reset_remote", reset_type: "api_key", entity_type: "User", entity_key: user.id },
  ]);
  assert(first.data.api_key && first.data.api_key !== second.data.api_key);
}

export async function opensWidgets(session) {
  const [{ widget_url: url }] = await session.call([{ action: "get_widget_url", name: "tasks", theme: "light" }]);
  const page = await fetch(url);
  assert(page.status === 200 && /html/.test(page.headers.get("content-type")), page.status);
}

export async function answersBrowsersOfOtherSites() {
  const { FTRACK_SERVER: url } = process.env;
  const preflight = await fetch(`${url}/api`, {
    method: "OPTIONS",
    headers: {
      Origin: "https://studio.invalid",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "ftrack-user, ftrack-api-key, x-own",
    },
  });
  assert(preflight.ok && preflight.headers.get("access-control-allow-origin") === "https://studio.invalid");
  assert(preflight.headers.get("access-control-allow-credentials") === "true");
  for (const name of ["ftrack-user", "ftrack-api-key", "ftrack-clienttoken", "ftrack-strict-api", "x-own"]) {
    assert(preflight.headers.get("access-control-allow-headers").includes(name), name);
  }
  const missing = await fetch(`${url}/nothing/here`, { headers: { Origin: "https://studio.invalid" } });
  assert(missing.status === 404 && (await missing.json()).exception, "no JSON for a missing page");
  assert(missing.headers.get("access-control-allow-origin") === "https://studio.invalid");
}

export async function sendsDatesOfEveryForm(session) {
  for (const start of ["2031-02-03T04:05:06.000Z", "2031-02-03T06:05:06+02:00", "2031-02-03T04:05:06", new Date("2031-02-03T04:05:06Z")]) {
    const { data: log } = await session.create("Timelog", { start, duration: 1, user_id: ids.user });
    const { data } = await session.query(`select start from Timelog where id is "${log.id}"`);
    const seen = data[0].start.toISOString?.() ?? String(data[0].start);
    assert(seen.startsWith("2031-02-03T04:05:06"), `${start}: ${seen}`);
  }
}

// Uploads of the client go through XMLHttpRequest, which browsers have and Node.js has not: this is the part it uses.
class Request extends EventTarget {
  upload = new EventTarget();
  headers = {};
  readyState = 0;
  status = 0;
  responseText = "";
  #abort = new AbortController();
  open(method, url) {
    Object.assign(this, { method, url });
  }
  setRequestHeader(name, value) {
    this.headers[name] = value;
  }
  getResponseHeader(name) {
    return this.answer?.headers.get(name) ?? null;
  }
  abort() {
    this.#abort.abort();
  }
  #tell(target, type, details = {}) {
    const event = Object.assign(new Event(type), details);
    target[`on${type}`]?.(event);
    target.dispatchEvent(event);
  }
  async send(body) {
    try {
      const { method, headers } = this;
      this.answer = await fetch(this.url, { method, headers, body, signal: this.#abort.signal });
      this.responseText = await this.answer.text();
      const size = body?.size ?? 0;
      this.#tell(this.upload, "progress", { loaded: size, total: size, lengthComputable: true });
      Object.assign(this, { status: this.answer.status, readyState: 4 });
      this.#tell(this, "readystatechange");
      this.#tell(this, "load");
    } catch (error) {
      this.#tell(this, this.#abort.signal.aborted ? "abort" : "error", { error });
    }
    this.#tell(this, "loadend");
  }
}
globalThis.XMLHttpRequest ??= Request;
globalThis.window ??= Object.assign(new EventTarget(), { navigator: { onLine: true } });
if (!globalThis.navigator?.onLine) Object.defineProperty(globalThis, "navigator", { value: { onLine: true } });

async function sendsAndReadsBack(session, size, name) {
  const data = new Uint8Array(size).map((_, index) => (index * 31 + (index >> 12)) & 255);
  const file = new File([data], name, { type: "video/quicktime" });
  const steps = [];
  const [component, place] = await session.createComponent(file, { onProgress: (step) => steps.push(step) });
  assert(component.data.size === size && component.data.file_type === ".mov", JSON.stringify(component.data));
  assert(place.data.component_id === component.data.id, JSON.stringify(place.data));
  const answer = await fetch(session.getComponentUrl(component.data.id));
  assert(answer.status === 200, await answer.clone().text());
  const got = new Uint8Array(await answer.arrayBuffer());
  assert(Buffer.compare(Buffer.from(data), Buffer.from(got)) === 0, `${got.length} of ${size} bytes`);
  assert(steps.at(-1) === 100, JSON.stringify(steps));
}

export async function uploadsInOnePieceAndReadsBack(session) {
  await sendsAndReadsBack(session, 1_000_003, "small.mov");
}

export async function uploadsInPartsAndReadsBack(session) {
  await sendsAndReadsBack(session, 17 * 1024 * 1024 + 3, "large.mov");
}
