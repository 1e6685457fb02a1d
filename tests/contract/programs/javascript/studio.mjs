// What the programs share: a session, texts nobody else uses, and how to expect something.
import { Session } from "@ftrack/api";

const { FTRACK_SERVER: url, FTRACK_API_USER: user, FTRACK_API_KEY: key } = process.env;

export const unique = () => "test-" + crypto.randomUUID();

export const assert = (condition, message) => {
  if (!condition) throw new Error(message ?? "assertion failed");
};

export const open = async (options = {}, apiKey = key) => {
  const session = new Session(url, user, apiKey, { autoConnectEventHub: false, ...options });
  await session.initializing;
  return session;
};

export const refused = async (work) => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

// Ids of the acceptance data.
export const ids = {
  user: "d07ae5d0-66e1-11e1-b5e9-f23c91df25eb",
  project: "5671dcb0-66de-11e1-8e6e-f23c91df25eb",
  schema: "69cb7f92-4dbf-11e1-9902-f23c91df25eb",
};
