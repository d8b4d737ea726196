// The same job with the types that openapi-typescript has generated, and openapi-fetch.
// Run it with SERVER, EMAIL and PASSWORD in the environment.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

declare const process: { env: Record<string, string>; stdout: { write(text: string): void } };
declare const crypto: { randomUUID(): string };

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no ${what}`);
  return value;
}

function same(one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) {
    throw new Error(`${JSON.stringify(one)} is not ${JSON.stringify(other)}`);
  }
}

const baseUrl = need(process.env.SERVER, "SERVER");
const login = { email: need(process.env.EMAIL, "EMAIL"), password: need(process.env.PASSWORD, "PASSWORD") };
const visitor = createClient<paths>({ baseUrl });
const pair = await visitor.POST("/api/v1/auth/token", { body: login });
const headers = { Authorization: `Bearer ${need(pair.data, "tokens").access}` };
const client = createClient<paths>({ baseUrl, headers });
same(need((await client.GET("/api/v1/me")).data, "person").email, login.email);

const listed = need((await visitor.GET("/api/v1/instruments")).data, "instruments").results;
const symbol = need(
  listed.find((each) => each.status === "open"),
  "open instrument",
).symbol;
const wish = { direction: "down", duration: 15, instrument: symbol } as const;
const quote = need((await client.POST("/api/v1/quotes", { body: wish })).data, "quote");

const key = crypto.randomUUID();
const order = { body: { ...wish, amount: "10", quote: quote.quote }, params: { header: { "Idempotency-Key": key } } };
const placed = need((await client.POST("/api/v1/flash-trades", order)).data, "trade");
same([placed.amount, placed.payout_rate], ["10.00", quote.payout_rate]);
const again = await client.POST("/api/v1/flash-trades", order);
same([again.data, again.response.headers.get("Idempotency-Replayed")], [placed, "true"]);

const path = { trade_id: placed.id };
same((await client.GET("/api/v1/flash-trades/{trade_id}", { params: { path } })).data?.receipt, placed.receipt);
same(need((await client.GET("/api/v1/receipts")).data, "receipts").results.at(-1)?.receipt, placed.receipt);
const query = { client_order_id: key };
const found = need((await client.GET("/api/v1/flash-trades", { params: { query } })).data, "trades");
same(
  found.results.map((trade) => trade.id),
  [placed.id],
);

const bad = { body: { ...wish, amount: "0.001", client_order_id: "x" } };
const refused = need((await client.POST("/api/v1/flash-trades", bad)).error, "refusal");
process.stdout.write(`${placed.state} ${refused.code}\n`);
