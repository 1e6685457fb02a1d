// Runs programs one after the other: reads names, a line each, and writes one JSON line for each.
import { createInterface } from "node:readline";
import * as scenarios from "./scenarios.mjs";
import { open } from "./studio.mjs";

const replies = process.stdout.write.bind(process.stdout);
console.log = console.error; // what a program prints must not be taken for a reply

for await (const line of createInterface({ input: process.stdin })) {
  let trace = null;
  try {
    await scenarios[line.trim()](await open());
  } catch (error) {
    trace = error.stack ?? String(error);
  }
  replies(JSON.stringify({ trace }) + "\n");
}
process.exit(0);
