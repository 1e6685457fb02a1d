// What users of the official JavaScript client rely on: each function is one expectation. Prints name -> "ok" or stack.
import { Session, operation } from "@ftrack/api";

const { FTRACK_SERVER: url, FTRACK_API_USER: user, FTRACK_API_KEY: key } = process.env;
const unique = () => "test-" + crypto.randomUUID();
const assert = (condition, message) => {
  if (!condition) throw new Error(message ?? "assertion failed");
};
const open = async (options = {}) => {
  const session = new Session(url, user, key, { autoConnectEventHub: false, ...options });
  await session.initializing;
  return session;
};
const refused = async (work) => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

const expectations = {
  async initialises(session) {
    assert(session.serverInformation.version, "no version");
    assert(session.schemas.length === 130, `${session.schemas.length} schemas`);
    assert(session.schemas.find((schema) => schema.id === "Task").primary_key[0] === "id");
  },
  async queriesAndPages(session) {
    const first = await session.query("select id, name from Task limit 5");
    assert(first.data.length === 5 && first.metadata.next.offset === 5, JSON.stringify(first.metadata));
    const all = await session.query("select id from Task");
    assert(all.metadata.next.offset === null);
  },
  async mergesRepeatedEntities(session) {
    const { data } = await session.query("select status.state.short, status.name from Task limit 20");
    assert(data.every((task) => task.status.state.short && task.status.name), JSON.stringify(data));
  },
  async createsUpdatesAndDeletes(session) {
    const name = unique();
    const { data: created } = await session.create("User", { username: name, shortUsername: "ignored" });
    assert(created.id && created.username === name && created.resource_type === "user");
    assert(created.created_at === undefined || typeof created.created_at === "string");
    const { data: updated } = await session.update("User", [created.id], { first_name: "Kim" });
    assert(updated.first_name === "Kim");
    assert((await session.delete("User", [created.id])).data === true);
    assert((await session.query(`User where id is "${created.id}"`)).data.length === 0);
  },
  async runsBatches(session) {
    const name = unique();
    const [created, found] = await session.call([
      operation.create("Scope", { name }),
      operation.query(`select name from Scope where name is "${name}"`),
    ]);
    assert(found.data.length === 1 && found.data[0].id === created.data.id);
  },
  async ensures(session) {
    const username = unique();
    const first = await session.ensure("User", { username }, ["username"]);
    const second = await session.ensure("User", { username, email: "a@example.invalid" }, ["username"]);
    assert(first.id === second.id && second.email === "a@example.invalid");
  },
  async readsEscapedTexts(session) {
    const name = `O'Brien "quoted" \\ æøå😀 ${unique()}`;
    const { data } = await session.create("Scope", { name });
    const escaped = name.replace(/\\/g, "\\\\").replace(/"/g, '\\"');
    const found = (await session.query(`select id from Scope where name is "${escaped}"`)).data;
    assert(found.length === 1 && found[0].id === data.id, JSON.stringify(found));
  },
  async explainsRefusals(session) {
    const error = await refused(() => session.query("select nmae from Task"));
    assert(String(error.message).includes('"name"'), error.message);
    const unknown = await refused(() => session.call([{ action: "dance" }]));
    assert(String(unknown.message).includes("Invalid action u'dance'"), unknown.message);
    const value = await refused(() => session.update("Task", ["no-such-id"], { name: "x" }));
    assert(value.message.includes("no-such-id"), value.message);
  },
  async refusesWrongKeys() {
    const error = await refused(async () => {
      const session = new Session(url, user, "wrong", { autoConnectEventHub: false });
      await session.initializing;
    });
    assert(error.errorCode === "api_credentials_invalid" || /key/i.test(error.message), error.message);
  },
  async answersPlainlyWhenAsked() {
    const session = await open({ ensureSerializableResponse: true, strictApi: true });
    const { data } = await session.query("select name, status.name from Task limit 20");
    assert(data.every((task) => task.status.name), "stubs in a denormalised answer");
    assert(Object.keys(data[0]).sort().join() === "__entity_type__,id,name,status", Object.keys(data[0]).join());
  },
  async searches(session) {
    const { data } = await session.search({ expression: "select name from Task", entityType: "Task", terms: ["anim"] });
    assert(data.length > 0 && data.every((task) => task.name.includes("anim")), JSON.stringify(data.slice(0, 3)));
  },
  async keepsDates(session) {
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
  },
};

const results = {};
for (const [name, expectation] of Object.entries(expectations)) {
  try {
    await expectation(await open());
    results[name] = "ok";
  } catch (error) {
    results[name] = error.stack ?? String(error);
  }
}
console.log(JSON.stringify(results));
process.exit(0);
