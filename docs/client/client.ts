// The API for a mini-program: wx.request, typed by tongxin.d.ts. Copy both files into the mini-program.
// It signs in by wx.login, refreshes the token when it has run out, signs in anew when that is over too, and repeats
// what got no answer: a write under the same Idempotency-Key, so that it happens once.
import type { components, paths } from "./tongxin";

interface Reply { statusCode: number; data: unknown; header: Record<string, string> }
interface Request {
  url: string;
  method: string;
  data?: unknown;
  header: Record<string, string>;
  timeout: number;
  success(reply: Reply): void;
  fail(error: { errMsg: string }): void;
}
declare const wx: {
  request(request: Request): void;
  login(asked: { success(found: { code: string }): void; fail(error: { errMsg: string }): void }): void;
};

type Method = "get" | "post" | "put" | "delete"; // wx.request knows no PATCH
type PathFor<M extends Method> = { [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never }[keyof paths];
type Json<R> = R extends { content: { "application/json": infer T } } ? T : undefined;
type Part<O, N extends string> = O extends { parameters: { [K in N]?: infer T } } ? T : never;
type Body<O> = O extends { requestBody: { content: { "application/json": infer T } } } ? T : never;
type Needed<N extends string, T> = [T] extends [undefined] ? { [K in N]?: undefined }
  : {} extends T ? { [K in N]?: T } : { [K in N]: Exclude<T, undefined> };

export type Question<O> = Needed<"path", Part<O, "path">> & Needed<"query", Part<O, "query">>
  & ([Body<O>] extends [never] ? { body?: undefined } : { body: Body<O> }) & { key?: string };
export type Answer<O> = O extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202 | 204)]> : never;
export type Item<O> = Answer<O> extends { items: (infer T)[] } ? T : never;

/** What the service refused. `message` is a sentence that can be shown as it is. */
export class Refusal extends Error {
  constructor(readonly problem: components["schemas"]["Problem"], readonly retryAfter: number) {
    super(problem.detail);
  }

  /** What is wrong with one field of a form; "" when nothing is. */
  about(field: string): string {
    return this.problem.errors.find((fault) => fault.field === field)?.message ?? "";
  }
}

/** Nobody answered, also after repetitions. */
export class Silence extends Error {
  constructor(readonly reason: string) {
    super("网络不太好，请稍后再试。");
  }
}

interface Asked { path?: unknown; query?: unknown; body?: unknown; key?: string }
type Texts = Record<string, unknown>;
type Tokens = components["schemas"]["TokensAnswer"];
type SignIn = Body<paths["/api/v1/session"]["post"]>;
type Refresh = Body<paths["/api/v1/session/refresh"]["post"]>;

export class Tongxin {
  /** For what this class does not do, such as fetching a file: goes behind "Authorization: Bearer ". */
  token = "";
  private refreshToken = "";
  private renewing: Promise<void> | undefined;

  constructor(private readonly base: string, private readonly appId: string, private readonly tries = 3) {}

  get<P extends PathFor<"get">>(path: P, question: Question<paths[P]["get"]>): Promise<Answer<paths[P]["get"]>> {
    return this.ask("GET", path, question) as Promise<Answer<paths[P]["get"]>>;
  }

  post<P extends PathFor<"post">>(path: P, question: Question<paths[P]["post"]>): Promise<Answer<paths[P]["post"]>> {
    return this.ask("POST", path, question) as Promise<Answer<paths[P]["post"]>>;
  }

  put<P extends PathFor<"put">>(path: P, question: Question<paths[P]["put"]>): Promise<Answer<paths[P]["put"]>> {
    return this.ask("PUT", path, question) as Promise<Answer<paths[P]["put"]>>;
  }

  delete<P extends PathFor<"delete">>(path: P, question: Question<paths[P]["delete"]>): Promise<Answer<paths[P]["delete"]>> {
    return this.ask("DELETE", path, question) as Promise<Answer<paths[P]["delete"]>>;
  }

  /** All items of a list, page after page, as far as they are asked for. */
  async *each<P extends PathFor<"get">>(path: P, question: Question<paths[P]["get"]>): AsyncGenerator<Item<paths[P]["get"]>> {
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: Texts = { ...(question.query as Texts | undefined), cursor };
      const page = (await this.ask("GET", path, { ...question, query })) as { items: Item<paths[P]["get"]>[]; next_cursor: string | null };
      yield* page.items;
      cursor = page.next_cursor;
    }
  }

  /** Sign in with WeChat. Done by itself when the service asks for it. */
  async signIn(): Promise<void> {
    const code = await new Promise<string>((found, lost) =>
      wx.login({ success: (login) => found(login.code), fail: (error) => lost(new Silence(error.errMsg)) }));
    this.keep({ token: "", refresh_token: "" });
    const body: SignIn = { app_id: this.appId, code };
    this.keep(read(await this.repeat("POST", "/api/v1/session", { body })) as Tokens);
  }

  private keep(tokens: Pick<Tokens, "token" | "refresh_token">): void {
    this.token = tokens.token;
    this.refreshToken = tokens.refresh_token;
  }

  /** One for all that were refused meanwhile: a refresh token is good for one exchange. */
  private renew(): Promise<void> {
    this.renewing ??= this.refresh().finally(() => { this.renewing = undefined; });
    return this.renewing;
  }

  private async refresh(): Promise<void> {
    if (!this.refreshToken) return this.signIn();
    const body: Refresh = { refresh_token: this.refreshToken };
    const reply = await this.repeat("POST", "/api/v1/session/refresh", { body });
    if (reply.statusCode === 401) return this.signIn();
    this.keep(read(reply) as Tokens);
  }

  private async ask(method: string, path: string, asked: Asked): Promise<unknown> {
    const same = method === "GET" ? asked : { ...asked, key: asked.key ?? newKey() };
    let reply = await this.repeat(method, path, same);
    if (reply.statusCode === 401) {
      await this.renew();
      reply = await this.repeat(method, path, same);
    }
    return read(reply);
  }

  private async repeat(method: string, path: string, asked: Asked): Promise<Reply> {
    for (let left = this.tries - 1; ; left -= 1) {
      try {
        return await this.send(method, path, asked);
      } catch (error) {
        if (left <= 0) throw error;
      }
    }
  }

  private send(method: string, path: string, asked: Asked): Promise<Reply> {
    const header: Record<string, string> = { "Content-Type": "application/json" };
    if (this.token) header["Authorization"] = `Bearer ${this.token}`;
    if (asked.key) header["Idempotency-Key"] = asked.key;
    return new Promise((success, lost) => wx.request({
      url: this.base + address(path, asked), method, header, timeout: 10_000, success,
      ...(asked.body === undefined ? {} : { data: asked.body }),
      fail: (error) => lost(new Silence(error.errMsg)),
    }));
  }
}

/** Not a secret, only unlike all others. One for each press of a button, kept for its repetitions. */
export function newKey(): string {
  const part = () => Math.random().toString(36).slice(2);
  return `${Date.now().toString(36)}-${part()}${part()}`;
}

function address(path: string, asked: Asked): string {
  const filled = path.replace(/{(\w+)}/g, (_, name: string) => encodeURIComponent(String((asked.path as Texts)[name])));
  const given = Object.entries((asked.query ?? {}) as Texts).filter(([, value]) => value !== undefined && value !== null);
  const query = given.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return query.length ? `${filled}?${query.join("&")}` : filled;
}

function read(reply: Reply): unknown {
  if (reply.statusCode < 400) return reply.data === "" ? undefined : reply.data;
  const problem = reply.data as components["schemas"]["Problem"];
  const header = Object.entries(reply.header).find(([name]) => name.toLowerCase() === "retry-after");
  if (problem?.detail) throw new Refusal(problem, Number(header?.[1] ?? 0));
  throw new Silence(`status ${reply.statusCode}`);
}
