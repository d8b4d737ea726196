/**
 * Signs the people in before the first arrival, one after the other: hashing passwords while others arrive would measure
 * argon2, and a server that refuses sign-ins then gets more of them, until it does nothing else.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";

export async function signInAll(context) {
  const people = await readFile(new URL(process.env.LOAD_PEOPLE, import.meta.url), "utf8");
  context.vars.tokens = {};
  for (const person of people.trim().split(/\r?\n/)) {
    const [email, password] = person.split(",");
    context.vars.tokens[email] = await token(context.vars.target, email, password);
  }
}

export async function takeToken(context) {
  context.vars.access = context.vars.tokens[context.vars.email];
}

export async function nameTheOrder(_request, context) {
  context.vars.orderKey = randomUUID();
}

async function token(target, email, password) {
  const answer = await fetch(`${target}/api/v1/auth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (!answer.ok) {
    throw new Error(`sign-in of ${email}: ${answer.status} ${await answer.text()}`);
  }
  return (await answer.json()).access;
}
