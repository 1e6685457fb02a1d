// What users of the official JavaScript client rely on: each exported function is one program with a session of its own.
import { operation } from "@ftrack/api";
import { assert, open, refused, unique } from "./studio.mjs";

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
