// A program with the official JavaScript hub: does what lines of JSON on its input say, and tells what happens.
import { createInterface } from "node:readline";

import { EventHub, Event } from "@ftrack/api";

const name = process.argv[2];
const tell = (found) => console.log(JSON.stringify(found));

const hub = new EventHub(process.env.FTRACK_SERVER, process.env.FTRACK_API_USER, process.env.FTRACK_API_KEY);
hub.connect();
hub.subscribe(`topic=pair.${name}`, (event) => {
  tell({ received: event.data, user: event.source.user });
  return { from: name, text: event.data.text };
});
hub.subscribe("topic=pair.targeted", (event) => tell({ targeted: event.data }), { id: name, role: "listener" });

let connected = false;
setInterval(() => {
  if (hub.isConnected() !== connected) {
    connected = !connected;
    if (connected) tell({ connected: true });
  }
}, 20);

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    const event = new Event(command.topic, command.data, { target: command.target ?? "" });
    hub.publish(event, { onReply: (reply) => tell({ reply: reply.data }) }).catch((error) => tell({ failed: String(error) }));
  })
  .on("close", () => process.exit(0));
